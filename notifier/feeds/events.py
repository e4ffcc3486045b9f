"""A marker as events: the Deadline's own, with alarms inside it or with its Leads as events beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.history import Entry
from notifier.core.holder import NEVER, Retold
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from notifier.feeds.feed import Feed
from notifier.feeds.markers import Marker
from notifier.feeds.reminders import Reminding, reminders_of
from notifier.feeds.valarm import Alarm, with_alarms
from notifier.feeds.vevent import Event, vevent
from notifier.feeds.wording import description, left_text, reminder_description, reminder_summary, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one Deadline's events are made from. `service` is the Service's name.

    `after` is the Change whose date it takes, with its service first; "" when it has its own.
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


def subjects_of(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    feed: Feed,
    variant: Variant = Variant.PLAIN,
    reminding: Reminding | None = None,
    retold: Retold = NEVER,
) -> Iterator[Subject]:
    """Every Deadline's Subject, in the list's order. `history` is each one's by its key, oldest first."""
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
        )


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
    return max(instant for instant in (marker.changed_at, chosen, subject.retold.at) if instant)


def _leader_name(changes: ChangeList, deadline: Deadline, language: Language) -> str:
    found = changes.deadline(deadline.follows) if deadline.follows else None
    if found is None:
        return ""
    service = changes.service(found[0].service)
    return f"{service.name if service else found[0].service} – {found[0].title[language]}"


def _event(marker: Marker, subject: Subject) -> Event:
    feed, change, deadline = subject.feed, subject.change, subject.deadline
    return Event(
        uid=marker.uid,
        sequence=marker.sequence + subject.retold.times,
        changed_at=stamp_of(marker, subject).astimezone(UTC).replace(microsecond=0),
        first=marker.first,
        last=marker.last,
        status="CANCELLED" if marker.void else "TENTATIVE" if marker.tentative else "CONFIRMED",
        summary=summary(
            marker, service=subject.service, change=change, deadline=deadline, language=feed.language
        ),
        description=description(
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
    if subject.reminding is None or marker.void or not subject.deadline.is_open:
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
    if subject.reminding is None or not (subject.deadline.is_open or marker.void):
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
