"""What one Message says: its sections, the overview for newcomers, its subject, its links; in no format yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from notifier.compose.following import Following, following_of
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import in_language
from notifier.compose.matter import Matter
from notifier.compose.overview import Overview, overview_of
from notifier.compose.places import Places
from notifier.compose.sections import Section, sections_of
from notifier.compose.subjects import Subject, subject_of
from notifier.compose.voice import Voice
from notifier.core.notice import NoticeKind

# A link in a text stays short enough to be copied.
_MOST_ABOUT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The Sections, most urgent first; the overview, where one is owed; the subject; who speaks.

    The page to leave on offers first to end what the Sections are about; mail programs leave by `leave_url` at once.
    """

    sections: tuple[Section, ...]
    overview: Overview | None
    subject: Subject
    letterhead: Letterhead
    follows: Following
    page_url: str
    calendars_url: str
    leave_url: str
    leave_page_url: str
    choose_url: str
    own_calendar_url: str

    @property
    def escalated_to(self) -> str:
        """The Vendor as whose contact they are told what they do not follow, "" when there is no such thing."""
        return next((each.silent_vendor for each in self.sections if each.is_escalated), "")

    @property
    def asks(self) -> bool:
        """Whether it asks about any Change."""
        questions = [each.question for each in self.sections]
        questions += [each.question for each in self.overview.lines] if self.overview else []
        return any(questions)


def content_of(matter: Matter, *, places: Places, voice: Voice) -> Content:
    """What Notices say on a local day. Raises ValueError when that is nothing."""
    language, letterhead, links = matter.language, voice.letterhead, voice.links
    sections = sections_of(matter, places=places, voice=voice)
    overview = None
    if any(each.kind is NoticeKind.STANDING for each in matter.told):
        overview = overview_of(matter, places=places, voice=voice)
    if not sections and overview is None:
        raise ValueError("a message has nothing to tell")
    subject = subject_of(
        sections=sections,
        overview=overview,
        publisher=letterhead.publisher,
        templates=voice.templates,
        language=language,
    )
    leave_url = places("leave", lambda to: in_language(links.leave(to.addressee), language))
    about = [section.change.id for section in sections[:_MOST_ABOUT]]
    return Content(
        sections=sections,
        overview=overview,
        subject=subject,
        letterhead=letterhead,
        follows=following_of(matter.followed, matter.changes, language),
        page_url=links.page(language),
        calendars_url=links.calendars(language),
        leave_url=leave_url,
        leave_page_url=places(
            "leave page", lambda to: in_language(links.leave_page(to.addressee, about), language)
        )
        if about
        else leave_url,
        choose_url=places("choose", lambda to: in_language(links.choose(to.addressee), language)),
        own_calendar_url=places(
            "own calendar", lambda to: links.private_calendar(to.public_id, to.calendar_serial)
        ),
    )
