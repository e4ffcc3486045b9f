"""Every event of one language and variant as bytes, so that any Selection's calendar is only a join away.

Building one takes milliseconds for each event that changed and is done when the list or the day changes, never for
a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from notifier.core.answer import AnswerRules
from notifier.core.change import Change, ChangeList
from notifier.core.history import Entry
from notifier.core.holder import NEVER, Mark, Retold
from notifier.feeds.addresses import Variant
from notifier.feeds.events import (
    RULES,
    Subject,
    events_of,
    planned_day,
    promised,
    stamp_of,
    subjects_of,
)
from notifier.feeds.feed import Feed
from notifier.feeds.markers import PAST_FOR, markers
from notifier.feeds.reminders import Reminding

History = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One Deadline's events. `changed_at` is when what they show last changed, None when nothing ever did."""

    change: Change
    body: bytes
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All rows, in the order of the list they are of."""

    changes: ChangeList
    rows: tuple[Row, ...]


def sheet_of(
    *,
    changes: ChangeList,
    history: History,
    today: date,
    feed: Feed,
    variant: Variant = Variant.PLAIN,
    reminding: Reminding | None = None,
    retold: Retold = NEVER,
    marks: Sequence[Mark] = (),
    rules: AnswerRules = RULES,
    unmarked: Sheet | None = None,
) -> Sheet:
    """The Sheet of the local day `today`. `history` holds each Deadline's Entries by its key, oldest first.

    Only `feed`'s language, zone, contact and page matter here. The variants with reminders need `reminding`,
    the plain one has none; ValueError otherwise. `marks` are what a private calendar's holder answered, and `rules` say
    when that no longer holds. The rows of all other Changes are those of `unmarked`, the same Sheet for somebody who
    answered nothing, where it is there already.
    """
    if (reminding is None) is not (variant is Variant.PLAIN):
        raise ValueError("the plain calendar has no reminders, the other variants need to know them")
    subjects = subjects_of(
        changes=changes,
        history=history,
        feed=feed,
        variant=variant,
        reminding=reminding,
        retold=retold,
        marks=marks,
        rules=rules,
    )
    if unmarked is None:
        return Sheet(changes=changes, rows=tuple(_row(subject, today) for subject in subjects))
    pairs = zip(unmarked.rows, subjects, strict=True)
    return Sheet(
        changes=changes,
        rows=tuple(_row(subject, today) if subject.mark else row for row, subject in pairs),
    )


def _row(subject: Subject, today: date) -> Row:
    instants = [entry.at for entry in subject.entries]
    body = list(promised(subject, today))
    if subject.mark:
        instants.append(subject.mark.at)
    planned = planned_day(subject)
    if planned and today >= planned + PAST_FOR:
        instants.append(_midnight(planned + PAST_FOR, subject))
    for marker in markers(subject.change, subject.deadline, subject.entries, zone=subject.feed.zone):
        instants.append(stamp_of(marker, subject))
        if today < marker.until:
            body.extend(events_of(marker, subject))
        else:
            # The midnight after which it was over and left the calendar.
            instants.append(_midnight(marker.until, subject))
    changed_at = max(instants).astimezone(UTC) if instants else None
    return Row(change=subject.change, body=b"".join(body), changed_at=changed_at)


def _midnight(day: date, subject: Subject) -> datetime:
    return datetime.combine(day, time(0), subject.feed.zone)
