"""The calendar files that go with news of a date: one for each Change whose dates were announced or altered.

Reminders bring none: a calendar that got the date once would get it again and again.
"""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.headers import wire_address
from notifier.compose.matter import Matter
from notifier.compose.voice import Voice
from notifier.core.notice import NoticeKind
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


def attachments_of(matter: Matter, voice: Voice) -> tuple[Attachment, ...]:
    """The files for what is told, in the list's order."""
    told = {each.deadline for each in matter.told if each.kind in BRINGING}
    feed = Feed(
        language=matter.language,
        zone=voice.timing.zone,
        publisher=voice.letterhead.publisher,
        contact=voice.letterhead.contact,
        page_url=voice.links.page(matter.language),
        feed_url="",
    )
    made = []
    for change in matter.changes.changes:
        deadlines = {deadline.id for deadline in change.deadlines if change.key(deadline) in told}
        if not deadlines:
            continue
        file = single(
            changes=matter.changes,
            change=change,
            deadlines=deadlines,
            history=matter.history,
            today=matter.today,
            feed=feed,
            organizer=wire_address(voice.letterhead.sender),
        )
        if file:
            made.append(Attachment(filename=f"{change.id}.ics", method=file.method, body=file.body))
    return tuple(made)
