"""The calendar files that go with news of a date: one for each Change whose dates were announced or altered.

Reminders bring none: a calendar that got the date once would get it again and again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from notifier.compose.headers import wire_address
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.core.notice import Notice, NoticeKind
from notifier.core.text import Language
from notifier.feeds.feed import Feed
from notifier.feeds.single import single

BRINGING = (
    NoticeKind.ANNOUNCED,
    NoticeKind.DATED,
    NoticeKind.CONFIRMED,
    NoticeKind.MOVED,
    NoticeKind.WITHDRAWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A calendar file; `method` is the METHOD in it, which its media type repeats (RFC 6047, 2.4)."""

    filename: str
    method: str
    body: bytes


def attachments_of(
    *,
    notices: Sequence[Notice],
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    letterhead: Letterhead,
    links: Links,
    language: Language,
    today: date,
    zone: ZoneInfo,
) -> tuple[Attachment, ...]:
    """The files for these Notices, in the list's order; `history` is each Deadline's, by its key, oldest first."""
    told = {notice.step.deadline for notice in notices if notice.step.kind in BRINGING}
    feed = Feed(
        language=language,
        zone=zone,
        publisher=letterhead.publisher,
        contact=letterhead.contact,
        page_url=links.page(language),
        feed_url="",
    )
    made = []
    for change in changes.changes:
        file = single(
            changes=changes,
            change=change,
            deadlines={deadline.id for deadline in change.deadlines if change.key(deadline) in told},
            history=history,
            today=today,
            feed=feed,
            organizer=wire_address(letterhead.sender),
        )
        if file:
            made.append(Attachment(filename=f"{change.id}.ics", method=file.method, body=file.body))
    return tuple(made)
