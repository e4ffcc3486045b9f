"""Compare: what a list would do if it were published. Only reads, so twice is harmless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Engine

from notifier.core.change import ChangeList
from notifier.core.diff import Difference, differences
from notifier.core.guard import Objection, objections
from notifier.jobs.refresh import ATTENTION, Finding, people_told
from notifier.store.changes import ReadingState, canonical_hash, find, in_force, short
from notifier.store.engine import reading

# What was held or rejected once stays so, whatever has changed around it.
_DECIDED = {ReadingState.HELD: Finding.HELD, ReadingState.REJECTED: Finding.REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A list beside another: what a look at it would come to, and why.

    `people` says by Deadline how many each Difference would mail, `people_in_all` how many all of them
    together; both are unknown (empty, None) when no database was asked.
    """

    finding: Finding
    hash: str
    new: ChangeList
    old: ChangeList | None = None
    differences: tuple[Difference, ...] = ()
    objections: tuple[Objection, ...] = ()
    people: Mapping[str, int] = field(default_factory=dict)
    people_in_all: int | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether the list would not take force by itself."""
        return self.finding in ATTENTION


def compare(
    *,
    old: ChangeList,
    new: ChangeList,
    today: date,
    max_people: int,
    people: Mapping[str, int] | None = None,
    people_in_all: int | None = None,
) -> Comparison:
    """Hold `new` against `old`, with the guard's objections on the local day `today`."""
    found = differences(old, new)
    digest = canonical_hash(new)
    objected = objections(
        old=old,
        new=new,
        differences=found,
        today=today,
        people=people_in_all or 0,
        max_people=max_people,
    )
    return Comparison(
        finding=_finding(old, new, same=digest == canonical_hash(old), held=bool(objected)),
        hash=short(digest),
        new=new,
        old=old,
        differences=found,
        objections=objected,
        people=people or {},
        people_in_all=people_in_all,
    )


def compare_in_force(*, engine: Engine, new: ChangeList, today: date, max_people: int) -> Comparison:
    """Hold `new` against the list in force, and count whom it would mail."""
    with reading(engine) as connection:
        current = in_force(connection)
        if current is None:
            return Comparison(finding=Finding.BASELINE, hash=short(canonical_hash(new)), new=new)
        if current.hash == canonical_hash(new):
            return Comparison(
                finding=Finding.UNCHANGED, hash=short(current.hash), new=new, old=current.changes
            )
        found = differences(current.changes, new)
        known = find(connection, new)
        compared = compare(
            old=current.changes,
            new=new,
            today=today,
            max_people=max_people,
            people={each.deadline: people_told(connection, new, [each]) for each in found},
            people_in_all=people_told(connection, new, found),
        )
    if known and compared.finding in (Finding.IN_FORCE, Finding.HELD):
        return replace(compared, finding=_DECIDED.get(known.state, compared.finding))
    return compared


def _finding(old: ChangeList, new: ChangeList, *, same: bool, held: bool) -> Finding:
    if same:
        return Finding.UNCHANGED
    if new.revision == old.revision:
        return Finding.EDITED
    if new.revision < old.revision:
        return Finding.LOWER
    return Finding.HELD if held else Finding.IN_FORCE
