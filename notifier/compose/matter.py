"""A matter: what a mail says, the same to everybody who is told it on one local day in one language."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter

from notifier.core.answer import AnswerKind
from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.core.letter import ACCESS_WITHIN, NEEDS_ASK, UNDO_WITHIN, Ask, LetterKind
from notifier.core.message import Message
from notifier.core.notice import Notice, NoticeKind
from notifier.core.stance import Doubt, Stance
from notifier.core.subscription import Subscriber, SubscriberState, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.core.when import When


@dataclass(frozen=True, slots=True)
class Told:
    """A Notice as far as a mail tells of it: which Deadline ("" for standing), what kind, which date before."""

    deadline: str
    kind: NoticeKind
    old: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the reader's Party answered of a Change, on which local day, and why it is asked for again, if it is."""

    change_id: str
    kind: AnswerKind
    planned: date | None
    day: date
    doubt: Doubt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Everything that decides what a mail says, and nothing of whom it goes to.

    `topics` are what whoever reads it follows, or asked to follow; `history` is each Deadline's, by its key,
    oldest first; `said` is what their Party has answered. A Letter has no Notices; what it offers works until
    `undo_until` or until the local time `access_until`. `subscribes` is False where help goes to somebody who
    does not.
    """

    letter: LetterKind | None
    language: Language
    topics: tuple[Topic, ...]
    told: tuple[Told, ...]
    today: date
    changes: ChangeList
    history: Mapping[str, Sequence[Entry]]
    said: tuple[Said, ...] = ()
    undo_until: date | None = None
    access_until: str = ""
    subscribes: bool = True

    @property
    def key(self) -> Hashable:
        """Equal for mails that say the same thing as long as the list and its history stay as they are."""
        return _KEY(self)


_KEY = attrgetter(*(each.name for each in fields(Matter) if each.name not in ("changes", "history")))


def matter_of(
    *,
    message: Message,
    subscriber: Subscriber,
    notices: Sequence[Notice],
    ask: Ask | None,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    stances: Mapping[str, Stance],
    now: datetime,
    timing: Timing,
) -> Matter:
    """What a Message says `now`. `stances` are those of the Subscriber's Party, by Change.
    Raises ValueError for a Letter that asks for what is not asked any more."""
    letter = message.letter
    if letter in NEEDS_ASK and ask is None:
        raise ValueError("a letter asks for what is not asked any more")
    in_asked_language = ask is not None and letter is LetterKind.CONFIRMATION
    undo_until = access_until = None
    if letter is LetterKind.GOODBYE:
        undo_until = timing.today(now + UNDO_WITHIN)
    elif letter is LetterKind.ACCESS:
        access_until = f"{(now + ACCESS_WITHIN).astimezone(timing.zone):%H:%M}"
    return Matter(
        letter=letter,
        language=ask.language if ask and in_asked_language else subscriber.language,
        topics=ask.topics if ask else tuple(each.topic for each in subscriber.subscriptions),
        told=tuple(Told(each.step.deadline, each.step.kind, each.old) for each in notices),
        today=timing.today(now),
        changes=changes,
        history=history,
        said=_said(stances, timing),
        undo_until=undo_until,
        access_until=access_until or "",
        subscribes=letter is not LetterKind.HELP or subscriber.state is SubscriberState.ACTIVE,
    )


def _said(stances: Mapping[str, Stance], timing: Timing) -> tuple[Said, ...]:
    return tuple(
        Said(
            change_id=change_id,
            kind=stance.answer.kind,
            planned=stance.answer.planned,
            day=timing.today(stance.answer.at),
            doubt=stance.doubt,
        )
        for change_id, stance in sorted(stances.items())
        if stance.answer is not None
    )
