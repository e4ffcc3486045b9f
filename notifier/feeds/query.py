"""The filters of the machine-readable list. Every mistake in a query is found in one go.

A name that is none of ours is a mistake here, unlike in calendars' addresses: a pipeline that asks with a misspelt
filter would otherwise be told of everything, or of nothing, and take that for the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.standing import standing_of
from notifier.feeds.asking import UnclearQueryError, UnknownFeedError, query_fields
from notifier.feeds.record import STATES

LISTS = "/api/v1/"


class BadQueryError(UnclearQueryError):
    """Filters that cannot be understood. `problems` are (parameter, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Services and states by their ids, sorted; none of a kind means all. `before` bounds the earliest day."""

    services: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    before: date | None = None

    def cover(self, change: Change, deadline: Deadline, today: date) -> bool:
        """Whether the Deadline passes; one without a date is never before a day."""
        if self.services and change.service not in self.services:
            return False
        if self.states and STATES[standing_of(deadline, today)] not in self.states:
            return False
        earliest = deadline.when.earliest
        return self.before is None or (earliest is not None and earliest < self.before)


class Listed(StrEnum):
    """What a list is of; the value is the last part of its address."""

    CHANGES = "changes"
    DEADLINES = "deadlines"


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list as somebody asked for it."""

    of: Listed
    filters: Filters


def read_list(path: str, query: bytes, changes: ChangeList) -> AskedList:
    """What the address asks for. Raises UnknownFeedError, UnclearQueryError, BadQueryError."""
    name = path.removeprefix(LISTS)
    if name not in list(Listed):
        known = ", ".join(f"{LISTS}{each}" for each in (*Listed, "openapi.json"))
        raise UnknownFeedError(f"There is nothing at this address. There is: {known}.")
    return AskedList(Listed(name), read_filters(query_fields(query), changes))


def read_filters(fields: list[tuple[str, str]], changes: ChangeList) -> Filters:
    """The filters in a query's decoded fields. Raises BadQueryError with every mistake."""
    problems = list(_problems(fields, changes))
    if problems:
        raise BadQueryError(problems)
    before = [value for name, value in fields if name == "before"]
    return Filters(
        services=_values(fields, "service"),
        states=_values(fields, "state"),
        before=date.fromisoformat(before[0]) if before else None,
    )


def _problems(fields: list[tuple[str, str]], changes: ChangeList) -> Iterator[tuple[str, str]]:
    services = {service.id for service in changes.services}
    days = {value for name, value in fields if name == "before"}
    if len(days) > 1:
        yield "before", "name one day"
    for name, value in fields:
        match name:
            case "service" if value not in services:
                yield name, f"there is no service “{value[:60]}”; there is: {', '.join(sorted(services))}"
            case "state" if value not in STATES.values():
                yield name, f"there is no state “{value[:60]}”; there is: {', '.join(STATES.values())}"
            case "before" if not _is_day(value):
                yield name, f"“{value[:60]}” is not a day; write it as 2026-12-01"
            case "service" | "state" | "before":
                pass
            case _:
                yield name[:60], "there is no such parameter; there is: service, state, before"


def _values(fields: list[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(sorted({value for name, value in fields if name == wanted}))


def _is_day(text: str) -> bool:
    try:
        # Python reads 20261201 and 2026-W49-2 too, which the documentation does not promise.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
