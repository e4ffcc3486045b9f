"""What changed between two ChangeLists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from notifier.core.change import Change, ChangeList, Deadline, Status
from notifier.core.when import Certainty, When


class DifferenceKind(StrEnum):
    """How a Deadline (or only the words about it) changed."""

    ADDED = "added"
    DATED = "dated"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    REWORDED = "reworded"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One Deadline's step from one ChangeList to the next; `deadline` is its key, `status` how it has ended since,
    or None while it is ahead."""

    deadline: str
    kind: DifferenceKind
    old: When | None
    new: When
    status: Status | None

    @property
    def change_id(self) -> str:
        """The Change it belongs to."""
        return self.deadline.partition("/")[0]


def differences(old: ChangeList, new: ChangeList) -> tuple[Difference, ...]:
    """Every Difference, in the new list's order. What is absent from `new` is none: see `dropped`."""
    return tuple(_differences(old, new))


def _differences(old: ChangeList, new: ChangeList) -> Iterator[Difference]:
    before = {key: (change, deadline) for key, change, deadline in old.deadlines()}
    for key, change, deadline in new.deadlines():
        if key not in before:
            yield _difference(key, DifferenceKind.ADDED, None, deadline)
            continue
        old_change, old_deadline = before[key]
        kind = _kind(old_deadline, deadline)
        if kind is None and _words(old, old_change, old_deadline) != _words(new, change, deadline):
            kind = DifferenceKind.REWORDED
        if kind:
            yield _difference(key, kind, old_deadline.when, deadline)


def _difference(key: str, kind: DifferenceKind, old: When | None, new: Deadline) -> Difference:
    return Difference(deadline=key, kind=kind, old=old, new=new.when, status=new.status)


def _kind(old: Deadline, new: Deadline) -> DifferenceKind | None:
    if old.status is not new.status:
        match new.status:
            case Status.WITHDRAWN:
                return DifferenceKind.WITHDRAWN
            case Status.COMPLETED:
                return DifferenceKind.COMPLETED
            case None:  # revived: for those who follow it, it is announced anew
                return DifferenceKind.ADDED
    return date_kind(old.when, new.when) if new.status is None else None


def _words(changes: ChangeList, change: Change, deadline: Deadline) -> tuple[object, ...]:
    """All that anybody reads about a Deadline, wherever in the list it stands."""
    leader = changes.deadline(deadline.follows) if deadline.follows else None
    named = (change, *([leader[0]] if leader else []))
    return (
        deadline,
        # When somebody last verified it is for operators: verifying the whole list again alters nothing.
        replace(change, deadlines=(), checked=date.min, owner=""),
        [(changes.service(each.service), each.title) for each in named],
    )


def date_kind(old: When, new: When) -> DifferenceKind | None:
    """What the step from one date to another is: dated, confirmed or moved; None when there is nothing to tell.

    Days that are no longer certain have moved: whoever planned by them must know.
    """
    if old.same_days(new):
        if new.certainty is old.certainty or not new.is_set:
            return None
        return DifferenceKind.CONFIRMED if new.certainty is Certainty.CONFIRMED else DifferenceKind.MOVED
    if not old.is_set:
        return DifferenceKind.DATED
    return DifferenceKind.CONFIRMED if new.lies_within(old) else DifferenceKind.MOVED


def under_former_words(new: ChangeList, found: Iterable[Difference]) -> Iterator[Difference]:
    """Those of these Differences that give a Deadline other days, but still quote what was said of the former ones."""
    for difference in found:
        entry, old = new.deadline(difference.deadline), difference.old
        if old is None or not old.stated or entry is None or entry[1].follows:
            continue
        if old.is_set and not old.same_days(difference.new) and old.stated == difference.new.stated:
            yield difference


def rearmed(old: ChangeList, new: ChangeList) -> frozenset[str]:
    """Keys of the Deadlines whose reminders start afresh: other days, other Leads, new or revived.

    Reminders whose instant lies before the moment this took effect are not owed.
    """
    before = {key: deadline for key, _, deadline in old.deadlines()}
    return frozenset(
        key
        for key, _, deadline in new.deadlines()
        if key not in before
        or not before[key].when.same_days(deadline.when)
        or before[key].cadence != deadline.cadence
        or (before[key].status is not None and deadline.status is None)
    )


def dropped(old: ChangeList, new: ChangeList) -> tuple[str, ...]:
    """Keys of the Deadlines that `old` has and `new` does not. Absence is never a withdrawal."""
    present = {key for key, _, _ in new.deadlines()}
    return tuple(key for key, _, _ in old.deadlines() if key not in present)


def carry_over(old: ChangeList, new: ChangeList) -> ChangeList:
    """The new list with everything it dropped still in it, as the old one had it; only what follows another Deadline
    goes on doing so."""
    changes = []
    for change in new.changes:
        before = old.change(change.id)
        present = {deadline.id for deadline in change.deadlines}
        missing = tuple(d for d in (before.deadlines if before else ()) if d.id not in present)
        changes.append(replace(change, deadlines=change.deadlines + missing))
    changes.extend(change for change in old.changes if new.change(change.id) is None)
    services = [*new.services, *(service for service in old.services if new.service(service.id) is None)]
    merged = ChangeList(revision=new.revision, services=tuple(services), changes=tuple(changes))
    return replace(merged, changes=tuple(_following(change, merged) for change in merged.changes))


def _following(change: Change, changes: ChangeList) -> Change:
    """The Change with the dates that its Deadlines take from others."""
    leaders = [changes.deadline(each.follows) if each.follows else None for each in change.deadlines]
    deadlines = zip(change.deadlines, leaders, strict=True)
    return replace(
        change,
        deadlines=tuple(replace(each, when=led[1].when) if led else each for each, led in deadlines),
    )
