"""What one Message says: its sections, the overview for newcomers, its subject, its links; in no format yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links, in_language
from notifier.compose.sections import Section, followed_names, sections_of
from notifier.compose.standing import Standing, standing_of
from notifier.compose.subjects import Subject, subject_of
from notifier.compose.templates import Templates
from notifier.core.change import ChangeList
from notifier.core.notice import Notice, NoticeKind
from notifier.core.subscription import Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The Sections, most urgent first; the overview, where one is owed; the subject; who speaks.

    `followed` names what the Subscriber follows, empty for everything.
    """

    sections: tuple[Section, ...]
    standing: Standing | None
    subject: Subject
    letterhead: Letterhead
    followed: tuple[str, ...]
    page_url: str
    calendar_url: str
    leave_url: str
    choose_url: str
    own_calendar_url: str


def content_of(
    *,
    subscriber: Subscriber,
    notices: Sequence[Notice],
    changes: ChangeList,
    letterhead: Letterhead,
    templates: Templates,
    links: Links,
    today: date,
) -> Content:
    """What these Notices say on the local day `today`. Raises ValueError when that is nothing."""
    language = subscriber.language
    sections = sections_of(
        notices=notices,
        changes=changes,
        contact=letterhead.contact,
        links=links,
        today=today,
        language=language,
    )
    standing = None
    if any(notice.step.kind is NoticeKind.STANDING for notice in notices):
        standing = standing_of(
            subscriber=subscriber, changes=changes, contact=letterhead.contact, links=links, today=today
        )
    if not sections and standing is None:
        raise ValueError("a message has nothing to tell")
    subject = subject_of(
        sections=sections,
        standing=standing,
        publisher=letterhead.publisher,
        templates=templates,
        language=language,
    )
    return Content(
        sections=sections,
        standing=standing,
        subject=subject,
        letterhead=letterhead,
        followed=followed_names(subscriber, changes),
        page_url=links.page(language),
        calendar_url=links.calendar(language),
        leave_url=in_language(links.leave(subscriber.addressee), language),
        choose_url=in_language(links.choose(subscriber.addressee), language),
        own_calendar_url=links.private_calendar(subscriber.public_id, subscriber.calendar_serial),
    )
