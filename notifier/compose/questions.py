"""Questions: whether whoever reads a mail is ready for a Change, what they said of it before, and where to answer."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.matter import Matter, Said
from notifier.compose.places import Places
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerKind
from notifier.core.change import Change

# What a mail offers, in the order in which it is most often true.
OFFERED = (AnswerKind.DONE, AnswerKind.PLANNED, AnswerKind.NOT_AFFECTED, AnswerKind.NEED_HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Where to answer, by page at `url` and perhaps `by_mail`; what was `said` before, None where nothing was."""

    url: str
    by_mail: bool
    said: Said | None

    def choose(self, kind: AnswerKind) -> str:
        """The page with one answer chosen."""
        return f"{self.url}?say={kind}"

    @property
    def offered(self) -> tuple[AnswerKind, ...]:
        """The answers there are to press."""
        return OFFERED


def question_of(matter: Matter, change: Change, *, places: Places, voice: Voice) -> Question | None:
    """What a mail asks about a Change; None once that is over."""
    if not change.is_open:
        return None
    links = voice.links
    return Question(
        url=places(f"answer {change.id}", lambda to: links.answer(to.addressee, change.id)),
        by_mail=voice.letterhead.mailbox is not None,
        said=next((said for said in matter.said if said.change_id == change.id), None),
    )
