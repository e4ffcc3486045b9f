"""The guard: which readings of the list may take force by themselves.

A typo must not mail everybody. A reading that trips any of these rules is held until a person approves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from notifier.core.cadence import parse_lead
from notifier.core.change import ChangeList, Status
from notifier.core.diff import Difference, DifferenceKind, dropped
from notifier.core.text import count
from notifier.core.when import When

FAR_MOVE = parse_lead("12mo")
FAR_FIRST_DATE = parse_lead("36mo")
MANY_CHANGES = 3
LARGE_SHARE = 0.2
_FIRST_DATES = (DifferenceKind.ADDED, DifferenceKind.DATED)
# What was withdrawn or completed and comes back is added, and has a date that it moves from.
_NEW_DATES = (DifferenceKind.MOVED, DifferenceKind.CONFIRMED, DifferenceKind.ADDED)
_ENDS = (DifferenceKind.COMPLETED, DifferenceKind.ADDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One reason to hold a reading: `rule` is its short stable name, `detail` a sentence for the editor."""

    rule: str
    detail: str


def objections(
    *,
    old: ChangeList,
    new: ChangeList,
    differences: Sequence[Difference],
    today: date,
    people: int,
    max_people: int,
) -> tuple[Objection, ...]:
    """Every reason to hold `new`; empty means it may take force. `people` would be mailed by it."""
    found = [*_dropped(old, new), *_other_services(old, new), *_silenced(old, new, today)]
    for difference in differences:
        found.extend(_suspicious_date(difference, today))
    found.extend(_too_wide(old, differences))
    if people > max_people:
        found.append(
            Objection(
                rule="people",
                detail=f"it would mail {count(people, 'person', 'people')}, more than {max_people} at once",
            )
        )
    return tuple(found)


def _dropped(old: ChangeList, new: ChangeList) -> Iterator[Objection]:
    changes = {change.id for change in new.changes}
    for change in old.changes:
        if change.id not in changes:
            yield Objection(rule="dropped", detail=f"the change {change.id} is missing")
    for key in dropped(old, new):
        if key.partition("/")[0] in changes:
            yield Objection(rule="dropped", detail=f"the deadline {key} is missing")


def _other_services(old: ChangeList, new: ChangeList) -> Iterator[Objection]:
    """Who follows a service does so by its id: a new one, or a Change that is put elsewhere, leaves them behind."""
    for service in old.services:
        if new.service(service.id) is None:
            detail = f"the service {service.id} is missing; whoever follows it would no longer be told"
            yield Objection(rule="service", detail=f"{detail}: keep it, even without a change")
    for change in new.changes:
        before = old.change(change.id)
        if before and before.service != change.service:
            yield Objection(
                rule="service",
                detail=f"the change {change.id} goes from the service {before.service} to {change.service};"
                f" whoever follows only {before.service} would no longer be told of it",
            )


def _silenced(old: ChangeList, new: ChangeList, today: date) -> Iterator[Objection]:
    """Other Leads are no news: where none of them lies ahead of the date, nobody would hear of it again."""
    for key, _, deadline in new.deadlines():
        before, cadence, when = old.deadline(key), deadline.cadence, deadline.when
        if before is None or cadence is None or cadence == before[1].cadence or not deadline.is_open:
            continue
        day = when.earliest
        if day is None or day <= today or _has_a_late_reminder(when):
            continue
        if all(lead.before(day) <= today for lead in cadence.leads):
            detail = (
                f"{key} gets reminders ({cadence}) that are all over, though it lies ahead, {when.written}"
            )
            yield Objection(rule="leads", detail=f"{detail}; nobody would be reminded of it any more")


def _has_a_late_reminder(when: When) -> bool:
    """Whether everybody is reminded ahead of its last day, whatever the Leads."""
    return when.is_long_window and when.latest is not None


def _suspicious_date(difference: Difference, today: date) -> Iterator[Objection]:
    if difference.kind in _FIRST_DATES:
        yield from _suspicious_first(difference, today)
    if difference.kind in _NEW_DATES and difference.old:
        yield from _suspicious_move(difference.deadline, difference.old, difference.new, today)
    if difference.kind in _ENDS and difference.status is Status.COMPLETED:
        ahead = [
            when for when in (difference.old, difference.new) if when and _is_ahead(when.earliest, today)
        ]
        if ahead:
            detail = f"{difference.deadline} is completed before its day, {ahead[0].written}"
            yield Objection(rule="ended", detail=f"{detail}; nobody would be reminded of it any more")


def _suspicious_first(difference: Difference, today: date) -> Iterator[Objection]:
    key, new = difference.deadline, difference.new
    if new.earliest and new.earliest < today:
        yield Objection(rule="past", detail=f"{key} gets a first date in the past, {new.written}")
    if new.earliest and FAR_FIRST_DATE.before(new.earliest) > today:
        yield Objection(rule="far", detail=f"{key} gets a first date over three years ahead, {new.written}")


def _suspicious_move(key: str, old: When, new: When, today: date) -> Iterator[Objection]:
    if old.earliest and new.earliest and new.earliest < old.earliest:
        yield Objection(rule="earlier", detail=f"{key} moves earlier, {old.written} → {new.written}")
    if _leaps(old.earliest, new.earliest) or _leaps(old.latest, new.latest):
        yield Objection(rule="leap", detail=f"{key} moves by a year or more, {old.written} → {new.written}")
    if _is_ahead(old.latest, today) and new.latest is None:
        detail = f"{key} loses its last day, {old.written} → {new.written}; most reminders of it would cease"
        yield Objection(rule="vague", detail=detail)


def _leaps(old: date | None, new: date | None) -> bool:
    """The same day of another year is what a mistyped year looks like."""
    return old is not None and new is not None and FAR_MOVE.before(new) >= old


def _is_ahead(day: date | None, today: date) -> bool:
    return day is not None and day > today


def _too_wide(old: ChangeList, differences: Sequence[Difference]) -> Iterator[Objection]:
    touched = {difference.change_id for difference in differences}
    if len(touched) > MANY_CHANGES and len(touched) > LARGE_SHARE * max(len(old.changes), 1):
        yield Objection(
            rule="wide", detail=f"it touches {len(touched)} changes of {len(old.changes)} at once"
        )
