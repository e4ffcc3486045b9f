"""The iCalendar feed: every dated Deadline of a Selection, by RFC 5545 and RFC 7986.

The bytes follow from the list, its history and the day alone, never from the instant of asking: a stamp
that moves with every request makes programs record changes that never were. There is no METHOD, so
DTSTAMP means "last revised" (RFC 5545, 3.8.7.2), and no VALARM unless asked for: the mails are the reminders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifier.core.change import ChangeList
from notifier.feeds.addresses import Variant
from notifier.feeds.feed import Feed
from notifier.feeds.head import END, NO_EVENT, head
from notifier.feeds.reminders import Reminding
from notifier.feeds.selection import ALL, Selection
from notifier.feeds.sheet import History, Sheet, sheet_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A whole calendar, and when its content last changed, for HTTP's Last-Modified: the same on every node.

    That is the latest Entry, or the midnight after which something that was over left the calendar; None while
    the list is empty. For a private calendar it is the whole list's, so that it never goes back when somebody
    stops following what changed last.
    """

    body: bytes
    changed_at: datetime | None


def joined(
    sheet: Sheet, *, selection: Selection = ALL, variant: Variant = Variant.PLAIN, feed: Feed
) -> Joined:
    """The calendar of a Selection, from a Sheet of the same language and variant."""
    rows = [row for row in sheet.rows if selection.covers(row.change)]
    counted = sheet.rows if feed.is_private else rows
    changed_at = max((row.changed_at for row in counted if row.changed_at), default=None)
    begins = head(
        changes=sheet.changes, selection=selection, variant=variant, feed=feed, changed_at=changed_at
    )
    events = b"".join(row.body for row in rows) or NO_EVENT
    return Joined(body=begins + events + END, changed_at=changed_at)


def calendar(
    *,
    changes: ChangeList,
    history: History,
    today: date,
    feed: Feed,
    selection: Selection = ALL,
    variant: Variant = Variant.PLAIN,
    reminding: Reminding | None = None,
) -> bytes:
    """The whole feed as it stands on the local day `today`.

    `history` holds each Deadline's Entries by its key, oldest first.
    """
    sheet = sheet_of(
        changes=changes, history=history, today=today, feed=feed, variant=variant, reminding=reminding
    )
    return joined(sheet, selection=selection, variant=variant, feed=feed).body


def changed_at(*, changes: ChangeList, history: History, today: date, feed: Feed) -> datetime | None:
    """When the content of the feed with everything last changed."""
    return joined(sheet_of(changes=changes, history=history, today=today, feed=feed), feed=feed).changed_at
