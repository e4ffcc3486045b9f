"""A matter: what a mail says, the same to everybody who is told it on one local day in one language."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter

from notifier.core.answer import AnswerKind, Evidence, GivenAnswer
from notifier.core.change import ChangeList
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.letter import (
    ACCESS_WITHIN,
    NEEDS_ASK,
    OF_WHAT_THEY_GET,
    UNDO_WITHIN,
    WITH_OVERVIEW,
    Ask,
    LetterKind,
)
from notifier.core.message import Message
from notifier.core.notice import PROMISES, REMINDERS, Notice, NoticeKind
from notifier.core.stance import Doubt, Stance
from notifier.core.subscription import Followed, Subscriber, SubscriberState, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.core.when import When


@dataclass(frozen=True, slots=True)
class Told:
    """A Notice as far as a mail tells of it: which Deadline ("" for standing), what kind, which date before, or
    which day was promised."""

    deadline: str
    kind: NoticeKind
    old: When | None = None
    promised: date | None = None


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

    `followed` is what whoever reads it follows, or asked to follow; `history` is each Deadline's, by its key,
    oldest first; `said` is what their Party has answered, `seen` what the services saw of their use. `silent` are
    the Changes, by id, of which nobody at `vendor` has answered the reminders. A Letter has no Notices; what it
    offers works until `undo_until` or until the local time `access_until`. It may tell of an Answer that was
    `given`, by its reader (`is_own`) or others. `subscribes` is False where help goes to somebody who
    does not; `dropped` is what they followed until they, or somebody in their name, chose less. A Letter that says
    what they get also says until when they have paused, `paused_until`, if they have.
    """

    letter: LetterKind | None
    language: Language
    followed: Followed
    told: tuple[Told, ...]
    today: date
    changes: ChangeList
    history: Mapping[str, Sequence[Entry]]
    said: tuple[Said, ...] = ()
    seen: tuple[Evidence, ...] = ()
    silent: tuple[str, ...] = ()
    vendor: str = ""
    given: GivenAnswer | None = None
    is_own: bool = False
    undo_until: date | None = None
    access_until: str = ""
    subscribes: bool = True
    dropped: tuple[Topic, ...] = ()
    paused_until: date | None = None

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
    footing: Footing,
    given: GivenAnswer | None = None,
    now: datetime,
    timing: Timing,
) -> Matter:
    """What a Message says `now`. `footing` is the one of the Subscriber's Party.
    Raises ValueError for a Letter that asks for what is not asked any more."""
    letter = message.letter
    if letter in NEEDS_ASK and ask is None:
        raise ValueError("a letter asks for what is not asked any more")
    wish = ask if letter is LetterKind.CONFIRMATION else None
    about = _about(notices, letter, changes)
    silent = _silent(notices, footing)
    return Matter(
        letter=letter,
        language=wish.language if wish else subscriber.language,
        followed=Followed(wish.topics) if wish else subscriber.followed,
        told=tuple(_told(each) for each in notices),
        today=timing.today(now),
        changes=changes,
        history=history,
        said=_said(footing.stances, about, timing),
        seen=_seen(footing.evidence, about),
        silent=silent,
        vendor=footing.vendor if silent else "",
        given=given,
        is_own=given is not None and given.answer.subscriber_id == subscriber.id and not given.answer.by,
        undo_until=timing.today(now + UNDO_WITHIN) if letter is LetterKind.GOODBYE else None,
        access_until=f"{(now + ACCESS_WITHIN).astimezone(timing.zone):%H:%M}"
        if letter is LetterKind.ACCESS
        else "",
        # What they follow again meanwhile is not less.
        dropped=tuple(each for each in message.dropped if not subscriber.followed.includes(each, changes)),
        paused_until=_paused_until(letter, subscriber, timing=timing, now=now),
        subscribes=letter is not LetterKind.HELP or subscriber.state is SubscriberState.ACTIVE,
    )


def _paused_until(
    letter: LetterKind | None, subscriber: Subscriber, *, timing: Timing, now: datetime
) -> date | None:
    until = subscriber.paused_until
    return timing.today(until) if letter in OF_WHAT_THEY_GET and until is not None and until > now else None


def _told(notice: Notice) -> Told:
    step = notice.step
    promised = date.fromisoformat(step.spoken) if step.kind in PROMISES else None
    return Told(step.deadline, step.kind, notice.old, promised)


def _about(notices: Sequence[Notice], letter: LetterKind | None, changes: ChangeList) -> frozenset[str]:
    """The Changes that a Message tells of, by id; what shows where they stand tells of all."""
    if letter in WITH_OVERVIEW or any(notice.step.kind is NoticeKind.STANDING for notice in notices):
        return frozenset(change.id for change in changes.changes)
    return frozenset(notice.step.change_id for notice in notices)


def _silent(notices: Sequence[Notice], footing: Footing) -> tuple[str, ...]:
    """The Changes of which a reminder goes to all contacts of a Vendor, since none has answered."""
    reminders = [notice for notice in notices if notice.step.kind in REMINDERS]
    silent = {n.step.change_id for n in reminders if footing.is_silent(n.step.change_id, before=n.step.due)}
    return tuple(sorted(silent))


def _said(stances: Mapping[str, Stance], about: Collection[str], timing: Timing) -> tuple[Said, ...]:
    return tuple(
        Said(
            change_id=change_id,
            kind=stance.answer.kind,
            planned=stance.answer.planned,
            day=timing.today(stance.answer.at),
            doubt=stance.doubt,
        )
        for change_id, stance in sorted(stances.items())
        if stance.answer is not None and change_id in about
    )


def _seen(evidence: Mapping[str, Evidence], about: Collection[str]) -> tuple[Evidence, ...]:
    return tuple(seen for change_id, seen in sorted(evidence.items()) if change_id in about and seen.calls)
