"""Sections: what a Message tells of one Change, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifier.compose.matter import Matter
from notifier.compose.passages import Passage, passage_of
from notifier.compose.phases import Phase
from notifier.compose.places import Places
from notifier.compose.questions import Question, question_of
from notifier.compose.voice import Voice
from notifier.core.answer import Evidence
from notifier.core.change import Change, ChangeList, Deadline, DeadlineKind
from notifier.core.notice import PROMISES, REMINDERS, NoticeKind
from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One Change with its passages, most urgent first. `heading` is its name with its service first.

    `contact` is whom to ask about it, "" when nobody is named. `silent_vendor` names the Vendor of which nobody
    has answered so far, `seen` is what the service saw of their use.
    """

    change: Change
    service: str
    heading: str
    passages: tuple[Passage, ...]
    contact: str
    url: str
    question: Question | None
    silent_vendor: str = ""
    seen: Evidence | None = None

    @property
    def foremost(self) -> Passage:
        """The passage that the subject tells of: the most urgent, once all is over that of the end itself."""
        ends = (p for p in self.passages if self.is_over and p.deadline.kind is DeadlineKind.END)
        return next(ends, self.passages[0])

    @property
    def passed(self) -> int:
        """How many of its dates went by without a word."""
        return sum(passage.phase is Phase.PASSED for passage in self.passages)

    @property
    def is_over(self) -> bool:
        """Whether it tells only of what is completed or withdrawn."""
        return all(passage.phase is Phase.CLOSED for passage in self.passages)

    @property
    def is_partly_over(self) -> bool:
        """Whether it tells only of what is over, while other dates of the Change still stand."""
        return self.is_over and any(deadline.is_open for deadline in self.change.deadlines)

    @property
    def needs_help_soon(self) -> bool:
        """Whether any of its dates is so near that one should call when it cannot be done."""
        return any(passage.needs_help_soon for passage in self.passages)

    @property
    def is_escalated(self) -> bool:
        """Whether it goes to somebody who does not follow the Change."""
        return any(NoticeKind.ESCALATION in passage.kinds for passage in self.passages)

    @property
    def is_sooner(self) -> bool:
        """Whether it tells of a date that has been moved to an earlier one."""
        return any(passage.is_sooner for passage in self.passages)

    @property
    def is_withdrawn(self) -> bool:
        """Whether all it tells is that the announcement no longer holds."""
        return all(passage.kinds == (NoticeKind.WITHDRAWN,) for passage in self.passages)


def sections_of(matter: Matter, *, places: Places, voice: Voice) -> tuple[Section, ...]:
    """One Section for each Change the Notices tell of: reminders by days left, then news by date."""
    changes, language = matter.changes, matter.language
    sections = []
    for change in changes.changes:
        told = {d.id: [n for n in matter.told if n.deadline == change.key(d)] for d in change.deadlines}
        passages = tuple(
            passage_of(
                change=change,
                deadline=deadline,
                told=told[deadline.id],
                after=followed_name(changes, deadline, language),
                today=matter.today,
                language=language,
            )
            for deadline in change.deadlines
            if told[deadline.id]
        )
        if passages:
            sections.append(
                Section(
                    change=change,
                    service=service_name(change.service, changes),
                    heading=heading_of(change, changes, language),
                    passages=tuple(sorted(passages, key=_urgency)),
                    contact=change.contact or voice.letterhead.contact,
                    url=voice.links.change(change.id, language),
                    question=question_of(matter, change, places=places, voice=voice),
                    silent_vendor=matter.vendor if change.id in matter.silent else "",
                    seen=next((each for each in matter.seen if each.change_id == change.id), None),
                )
            )
    return tuple(sorted(sections, key=lambda section: _urgency(section.passages[0])))


def heading_of(change: Change, changes: ChangeList, language: Language) -> str:
    """The Change's name with its service first: «Kjernejournal – gammel innlogging»."""
    return f"{service_name(change.service, changes)} – {lowered(change.title[language], changes)}"


def service_name(service_id: str, changes: ChangeList) -> str:
    """The service's name, its id where the list has none such."""
    service = changes.service(service_id)
    return service.name if service else service_id


def lowered(title: str, changes: ChangeList) -> str:
    """A title as it reads inside a sentence: «gammel innlogging», but «PAR», «DPoP» and services' names as is."""
    first = title.split(" ", maxsplit=1)[0]
    names = {word for service in changes.services for word in service.name.split()}
    if not first or first in names or not (first[1:].isalpha() and first[1:].islower()):
        return title
    return title[0].lower() + title[1:]


def followed_name(changes: ChangeList, deadline: Deadline, language: Language) -> str:
    """The Change whose date the Deadline takes; "" when it has its own."""
    found = changes.deadline(deadline.follows) if deadline.follows else None
    return heading_of(found[0], changes, language) if found else ""


def _urgency(passage: Passage) -> tuple[int, int]:
    """Reminders by days left; then news by date, what has passed last."""
    if (REMINDERS | PROMISES).intersection(passage.kinds) and passage.days is not None:
        return (0, passage.days)
    first = passage.deadline.when.earliest or date.max
    return (2 if passage.phase is Phase.PASSED else 1, first.toordinal())
