"""A marker as events: the Deadline's own, with alarms inside it or with its Leads as events beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.history import Entry
from notifier.core.holder import NEVER, Mark, Retold, held_against
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from notifier.feeds.answer_words import answered_text, planned_summary, planned_text, settled_summary
from notifier.feeds.feed import Feed
from notifier.feeds.markers import PAST_FOR, UID_DOMAIN, Marker
from notifier.feeds.reminders import Reminding, reminders_of
from notifier.feeds.valarm import Alarm, with_alarms
from notifier.feeds.vevent import Event, vevent
from notifier.feeds.wording import description, left_text, reminder_description, reminder_summary, summary

# The thresholds as shipped; without `marks` they matter to nobody.
RULES = AnswerRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one Deadline's events are made from. `service` is the Service's name.

    `after` is the Change whose date it takes, with its service first; "" when it has its own. `beside` is what became
    of any Deadline of a Change that is marked.
    """

    key: str
    change: Change
    deadline: Deadline
    entries: Sequence[Entry]
    service: str
    after: str
    feed: Feed
    variant: Variant
    reminding: Reminding | None
    retold: Retold
    mark: Mark | None = None
    beside: Sequence[Entry] = ()


def subjects_of(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    feed: Feed,
    variant: Variant = Variant.PLAIN,
    reminding: Reminding | None = None,
    retold: Retold = NEVER,
    marks: Sequence[Mark] = (),
    rules: AnswerRules = RULES,
) -> Iterator[Subject]:
    """Every Deadline's Subject, in the list's order. `history` is each one's by its key, oldest first.

    `rules` say when what is marked no longer holds.
    """
    answered = {mark.change_id: mark for mark in marks}
    held = {
        change.id: held_against(answered[change.id], change, history=history, rules=rules)
        for change in changes.changes
        if change.id in answered
    }
    for key, change, deadline in changes.deadlines():
        service = changes.service(change.service)
        yield Subject(
            key=key,
            change=change,
            deadline=deadline,
            entries=history.get(key, ()),
            service=service.name if service else change.service,
            after=_leader_name(changes, deadline, feed.language),
            feed=feed,
            variant=variant,
            reminding=reminding,
            retold=retold,
            mark=held.get(change.id),
            beside=_beside(change, history) if change.id in held else (),
        )


def _beside(change: Change, history: Mapping[str, Sequence[Entry]]) -> list[Entry]:
    return [entry for each in change.deadlines for entry in history.get(change.key(each), ())]


def events_of(marker: Marker, subject: Subject) -> Iterator[bytes]:
    """The events of one marker in the subject's variant."""
    event = _event(marker, subject)
    match subject.variant:
        case Variant.PLAIN:
            yield vevent(event)
        case Variant.ALARMS:
            yield with_alarms(vevent(event), list(_alarms(marker, subject, event)))
        case Variant.LEADS:
            yield vevent(event)
            yield from (vevent(lead) for lead in _leads(marker, subject, event))


def stamp_of(marker: Marker, subject: Subject) -> datetime:
    """When the event last changed, also by what its calendar's holder chose."""
    chosen = subject.reminding.since if subject.reminding else None
    answered = subject.mark.at if subject.mark else None
    return max(instant for instant in (marker.changed_at, chosen, subject.retold.at, answered) if instant)


def promised(subject: Subject, today: date) -> Iterator[bytes]:
    """The day on which the holder plans to be done with the Change, beside the first of its Deadlines."""
    change, mark, feed, planned = subject.change, subject.mark, subject.feed, planned_day(subject)
    if mark is None or planned is None or today >= planned + PAST_FOR:
        return
    yield vevent(
        Event(
            uid=f"{change.id}.answer.planned@{UID_DOMAIN}",
            # Whatever rewords the Change rewords this event too, and which Deadline is the first may change.
            sequence=mark.times + subject.retold.times + len(subject.beside),
            changed_at=max(
                each for each in (mark.at, subject.retold.at, *(entry.at for entry in subject.beside)) if each
            )
            .astimezone(UTC)
            .replace(microsecond=0),
            first=planned,
            last=planned,
            status="CONFIRMED",
            summary=planned_summary(subject.service, change, feed.language),
            description=planned_text(change, feed.language),
            category=subject.service,
            url=feed.change_url(change.id),
        )
    )


def planned_day(subject: Subject) -> date | None:
    """The day that stands beside this Deadline because the holder plans to be done on it."""
    change, mark = subject.change, subject.mark
    if mark is None or mark.kind is not AnswerKind.PLANNED or not change.is_open:
        return None
    return mark.planned if subject.deadline is change.deadlines[0] else None


def _is_settled(subject: Subject) -> bool:
    return subject.mark is not None and subject.mark.is_settled


def _leader_name(changes: ChangeList, deadline: Deadline, language: Language) -> str:
    found = changes.deadline(deadline.follows) if deadline.follows else None
    if found is None:
        return ""
    service = changes.service(found[0].service)
    return f"{service.name if service else found[0].service} – {found[0].title[language]}"


def _event(marker: Marker, subject: Subject) -> Event:
    feed, change, deadline, mark = subject.feed, subject.change, subject.deadline, subject.mark
    settled = mark if mark and mark.is_settled and not marker.void else None
    return Event(
        uid=marker.uid,
        sequence=marker.sequence + subject.retold.times + (mark.times if mark else 0),
        changed_at=stamp_of(marker, subject).astimezone(UTC).replace(microsecond=0),
        first=marker.first,
        last=marker.last,
        status="CANCELLED" if marker.void else "TENTATIVE" if marker.tentative else "CONFIRMED",
        summary=settled_summary(settled, subject.service, change, deadline, feed.language)
        if settled
        else summary(
            marker, service=subject.service, change=change, deadline=deadline, language=feed.language
        ),
        description=answered_text(settled, feed)
        + description(
            marker,
            change=change,
            deadline=deadline,
            entries=subject.entries,
            after=subject.after,
            contact=feed.contact,
            language=feed.language,
            zone=feed.zone,
        ),
        category=subject.service,
        url=feed.change_url(change.id),
    )


def _alarms(marker: Marker, subject: Subject, event: Event) -> Iterator[Alarm]:
    if subject.reminding is None or marker.void or not subject.deadline.is_open or _is_settled(subject):
        return
    midnight = datetime.combine(marker.first, time(0))
    for reminder in reminders_of(subject.key, subject.deadline, marker, subject.entries, subject.reminding):
        left = left_text(marker, reminder.left, subject.feed.language)
        yield Alarm(
            uid=reminder.uid,
            trigger=reminder.due - midnight,
            text=f"{left[0].upper()}{left[1:]}. {event.summary}",
        )


def _leads(marker: Marker, subject: Subject, event: Event) -> Iterator[Event]:
    if subject.reminding is None or not (subject.deadline.is_open or marker.void) or _is_settled(subject):
        return
    change, deadline, language = subject.change, subject.deadline, subject.feed.language
    for reminder in reminders_of(subject.key, deadline, marker, subject.entries, subject.reminding):
        # On the day itself the Deadline's own event says so already.
        if not reminder.left:
            continue
        yield replace(
            event,
            uid=reminder.uid,
            first=reminder.day,
            last=reminder.day,
            summary=reminder_summary(
                marker,
                reminder.left,
                service=subject.service,
                change=change,
                deadline=deadline,
                language=language,
            ),
            description=reminder_description(
                marker, change=change, deadline=deadline, contact=subject.feed.contact, language=language
            ),
        )
