"""Unheard: dates before which nobody of a Vendor is mailed, since all who follow them have paused beyond."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerKind, Party
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.pause import unheard
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.store import answers, pausing, subscribers

PAUSED = "paused:"
_READY = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


def unheard_dates(
    connection: Connection, current: ChangeList, *, timing: Timing, now: datetime
) -> Iterator[tuple[str, str]]:
    """The key and the text of an Alert for each Vendor that has such dates and has not said that it is ready.

    It is looked for again and again, since another contact who leaves and a date that moves make some as well as a
    pause does.
    """
    contacts = pausing.contacts_where_one_pauses(connection, now=now)
    if not contacts:
        return
    people = subscribers.load(connection, [each for theirs in contacts.values() for each in theirs])
    said = answers.last_counting(connection, [Party(vendor=vendor) for vendor in contacts])
    ready = {key for key, answer in said.items() if answer.kind in _READY}
    for vendor, ids in contacts.items():
        missed = [
            f"{change.key(deadline)} ({deadline.when.written})"
            for change, deadline in _missed(current, [people[each] for each in ids], timing=timing, now=now)
            if (Party(vendor=vendor), change.id) not in ready
        ]
        if missed:
            text = (
                f"Of the vendor {vendor}, all who follow {', '.join(missed)} have paused beyond it and hear nothing"
                " before. Tell them another way, or find another contact: notifier subscribers add ADDRESS"
                f" --vendor {vendor}"
            )
            yield f"{PAUSED}{vendor}", text


def _missed(
    current: ChangeList, people: Collection[Subscriber], *, timing: Timing, now: datetime
) -> tuple[tuple[Change, Deadline], ...]:
    """Of which dates none of them hears before."""
    contacts = [
        (each.followed, timing.today(until) if (until := each.paused_until) and until > now else None)
        for each in people
    ]
    return unheard(current, contacts, today=timing.today(now))
