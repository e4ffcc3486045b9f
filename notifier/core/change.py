"""The list's values: Services, Changes and their Deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from notifier.core.cadence import Cadence
from notifier.core.text import Text
from notifier.core.when import When


class DeadlineKind(StrEnum):
    """What stops on a Deadline's day."""

    CLOSED_TO_NEW = "closed-to-new"
    TEST = "test"
    PRODUCTION = "production"
    END = "end"


class Status(StrEnum):
    """How a Deadline ended, when the list says so."""

    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A national service, such as HelseID."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where and when something was announced."""

    document: str
    url: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page worth reading."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierWhen:
    """A date that was announced before the present one."""

    when: When
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A dated milestone of a Change. Its date is the first day the old way no longer works."""

    id: str
    kind: DeadlineKind
    when: When
    title: Text | None = None
    cadence: Cadence | None = None
    status: Status | None = None
    follows: str = ""
    source: Source | None = None
    earlier: tuple[EarlierWhen, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it still lies ahead as far as the list knows."""
        return self.status is None

    @property
    def told_as(self) -> DeadlineKind:
        """The kind whose words tell of it: that of an end where a title says itself what is closed to whom.

        «Stående dispensasjon for nye bestillinger utgår», not «… stenges for nye».
        """
        is_named = self.title is not None and self.kind is DeadlineKind.CLOSED_TO_NEW
        return DeadlineKind.END if is_named else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something vendors must adapt to.

    `owner` is the address of whoever must know which Vendors are ready; it is never published.
    """

    id: str
    service: str
    checked: date
    title: Text
    summary: Text
    affects: Text
    action: Text
    source: Source
    contact: str = ""
    owner: str = field(default="", repr=False)
    links: tuple[Link, ...] = ()
    national_rollout: str = ""
    deadlines: tuple[Deadline, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether any of its Deadlines still lies ahead as far as the list knows."""
        return any(deadline.is_open for deadline in self.deadlines)

    def key(self, deadline: Deadline) -> str:
        """The Deadline's stable name in the whole list: `change/deadline`."""
        return f"{self.id}/{deadline.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """One complete, valid reading of the list."""

    revision: int
    services: tuple[Service, ...]
    changes: tuple[Change, ...]

    def deadlines(self) -> Iterator[tuple[str, Change, Deadline]]:
        """Every Deadline with its key and its Change, in the list's order."""
        for change in self.changes:
            for deadline in change.deadlines:
                yield change.key(deadline), change, deadline

    def change(self, change_id: str) -> Change | None:
        """The Change with that id."""
        return next((change for change in self.changes if change.id == change_id), None)

    def deadline(self, key: str) -> tuple[Change, Deadline] | None:
        """The Deadline with that key, beside its Change."""
        change_id, _, deadline_id = key.partition("/")
        change = self.change(change_id)
        found = [each for each in change.deadlines if each.id == deadline_id] if change else []
        return (change, found[0]) if change and found else None

    def service(self, service_id: str) -> Service | None:
        """The Service with that id."""
        return next((service for service in self.services if service.id == service_id), None)
