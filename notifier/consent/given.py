"""What a Party has answered, as it is shown to whoever holds a link or a mail, which may have been forwarded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, Engine

from notifier.core.address import masked
from notifier.core.answer import Answer, AnswerRules, AnswerState, party_of
from notifier.core.change import ChangeList
from notifier.core.stance import Circumstances, Doubt, last_that_counts, stance_of
from notifier.core.subscription import MOVED, Addressee, Moved, Subscriber
from notifier.core.timing import Timing
from notifier.store import answers, subscribers, vendors
from notifier.store.circumstances import circumstances
from notifier.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An Answer that counts, why it must be asked for again, if it must, and on which local day it was given.

    `author` is the address that gave it, masked: "" for whoever looks themselves, for operators and for whoever is
    forgotten.
    """

    answer: Answer
    doubt: Doubt | None
    day: date
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A Subscriber with the name of their Vendor ("" without one), and by Change what their Party said of it.

    `waiting` are the Answers that operators have still to look at, the last on each Change.
    """

    subscriber: Subscriber
    vendor: str
    said: Mapping[str, Said] = field(default_factory=dict)
    waiting: Mapping[str, Answer] = field(default_factory=dict)


def look_up(
    *,
    engine: Engine,
    addressee: Addressee,
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> Given | Literal[Moved.MOVED] | None:
    """What the Party of whom a link was made for has answered of these Changes, whatever their state.

    MOVED when it stands in a mailbox that they left, None where nobody is known by it.
    """
    with reading(engine) as connection:
        found = subscribers.addressed(connection, addressee)
        if found is None or found is MOVED:
            return found
        around = circumstances(connection, [party_of(found)], timing=timing, rules=rules, now=now)
        return _given(connection, found, changes, around)


def _given(connection: Connection, found: Subscriber, changes: ChangeList, around: Circumstances) -> Given:
    party = party_of(found)
    vendor = vendors.find(connection, found.vendor) if found.vendor else None
    given = answers.given(connection, party=party)
    last = [last_that_counts(group) for group in _by_change(given).values()]
    counting = [each for each in last if each is not None]
    authors = _authors(connection, counting, found)
    said = {}
    for answer in counting:
        change = changes.change(answer.change_id)
        if change is not None:
            doubt = stance_of(answer, change=change, circumstances=around).doubt
            day, author = around.timing.today(answer.at), authors.get(answer.id, "")
            said[change.id] = Said(answer=answer, doubt=doubt, day=day, author=author)
    waiting = {each.change_id: each for each in given if each.state is AnswerState.WAITING}
    return Given(subscriber=found, vendor=vendor.name if vendor else "", said=said, waiting=waiting)


def _by_change(given: Iterable[Answer]) -> dict[str, list[Answer]]:
    grouped: dict[str, list[Answer]] = {}
    for answer in given:
        grouped.setdefault(answer.change_id, []).append(answer)
    return grouped


def _authors(connection: Connection, given: Iterable[Answer], found: Subscriber) -> dict[int, str]:
    """By the Answers' ids, who gave those that others than the Subscriber gave."""
    others = {
        each.id: each for each in given if each.subscriber_id and (each.subscriber_id != found.id or each.by)
    }
    people = subscribers.load(
        connection, {each.subscriber_id for each in others.values() if each.subscriber_id}
    )
    addresses = {
        each.id: each.writer(people[each.subscriber_id].address if each.subscriber_id in people else "")
        for each in others.values()
    }
    return {answer_id: masked(address) for answer_id, address in addresses.items() if "@" in address}
