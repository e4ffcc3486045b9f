"""Samples: what a Message about one Change would carry, made up so that people can read it beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.answer import Answer, AnswerKind, AnswerRules, GivenAnswer, Party, Way
from notifier.core.cadence import Lead
from notifier.core.change import Change, ChangeList, Deadline, Status
from notifier.core.footing import ALONE, Footing
from notifier.core.letter import CONFIRM_WITHIN, NEEDS_ASK, OF_ANSWERS, Ask, LetterKind
from notifier.core.message import Message, MessageState
from notifier.core.notice import PROMISES, REMINDERS, Notice, NoticeKind, Step
from notifier.core.plan import reminder_steps
from notifier.core.promise import promise_steps
from notifier.core.stance import OPEN, Stance, anchor_of
from notifier.core.subscription import EVERYTHING, Scope, Subscriber, SubscriberState, Subscription, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.core.when import Certainty, When, parse_when
from notifier.errors import UsageError

_STATUSES = {NoticeKind.WITHDRAWN: Status.WITHDRAWN, NoticeKind.COMPLETED: Status.COMPLETED}
_SHIFT = timedelta(days=30)
_FORTNIGHT = timedelta(days=14)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Everything that composing needs. `now` is the instant at which such a Message would leave."""

    message: Message
    subscriber: Subscriber
    notices: tuple[Notice, ...]
    changes: ChangeList
    now: datetime
    ask: Ask | None = None
    given: GivenAnswer | None = None
    footing: Footing = ALONE


def sample(
    *,
    changes: ChangeList,
    change_id: str,
    kind: NoticeKind,
    language: Language,
    now: datetime,
    timing: Timing,
    lead: Lead | None = None,
    stance: Stance = OPEN,
) -> Sample:
    """A Message of one kind about one Change, as it would leave for a Subscriber who follows everything; an
    escalation for one who does not follow the Change.

    A reminder is told as on the day it falls due, `lead` ahead (the next one when none is given); other
    kinds as of `now`. `stance` is what they answered of it. Raises UsageError when the list has no such Change
    or it has no such mail.
    """
    change = changes.change(change_id)
    if change is None:
        known = ", ".join(each.id for each in changes.changes)
        raise UsageError(f"the list has no change “{change_id}”; it has: {known}")
    if kind in PROMISES:
        stance = Stance(answer=_promise(change, now, timing))
    steps = _steps(kind, change, lead, now, timing)
    if not steps:
        raise UsageError(f"the change “{change_id}” has no date, so there is no mail of the kind {kind}")
    now = steps[0].due
    olds = {change.key(d): _old(kind, d, now, timing) for d in change.deadlines}
    return Sample(
        message=_message(now),
        subscriber=_reader(kind, change, changes, language, now),
        notices=tuple(
            Notice(id=number, subscriber_id=1, step=step, old=olds.get(step.deadline))
            for number, step in enumerate(steps, 1)
        ),
        changes=_after(kind, changes, change),
        now=now,
        footing=_footing(kind, change, stance, steps[0]),
    )


def _steps(kind: NoticeKind, change: Change, lead: Lead | None, now: datetime, timing: Timing) -> list[Step]:
    """What such a Message tells, all of it due at one instant; nothing where the Change has no such mail."""
    if kind is NoticeKind.STANDING:
        return [Step(deadline="", kind=kind, due=now)]
    if kind in REMINDERS:
        return [replace(step, kind=kind) for step in _reminders(change, lead, now, timing)]
    if kind in PROMISES:
        steps = promise_steps(_promise(change, now, timing), timing=timing, rules=AnswerRules())
        return [step for step in steps if step.kind is kind]
    return [
        Step(deadline=change.key(deadline), kind=kind, due=now, spoken=deadline.when.written, revision=1)
        for deadline in change.deadlines
        if _can_be_told(kind, deadline)
    ]


def letter_sample(*, changes: ChangeList, kind: LetterKind, language: Language, now: datetime) -> Sample:
    """A Letter of one kind, as it would leave for a Subscriber who follows everything."""
    made = _subscriber(language, now)
    ask = Ask(
        subscriber_id=made.id,
        language=language,
        topics=(EVERYTHING,),
        way="page",
        nonce="preview",
        asked_at=now,
        expires=now + CONFIRM_WITHIN,
    )
    return Sample(
        message=replace(_message(now), letter=kind),
        subscriber=made,
        notices=(),
        changes=changes,
        now=now,
        ask=ask if kind in NEEDS_ASK else None,
        given=_given(changes, now) if kind in OF_ANSWERS else None,
    )


def _given(changes: ChangeList, now: datetime) -> GivenAnswer:
    """A colleague's plan, with words as whoever needs help has them."""
    change_id = changes.changes[0].id
    answer = stance_sample(AnswerKind.PLANNED, change_id=change_id, now=now).answer
    if answer is None:
        raise ValueError("the sample of a stance has an answer")
    told = replace(answer, subscriber_id=2, words="Vi får ikke til DPoP. Hvem kan vi ringe?")
    return GivenAnswer(answer=told, address="kollega@leverandor.example", vendor="Leverandør AS")


def stance_sample(kind: AnswerKind, *, change_id: str, now: datetime) -> Stance:
    """An answer given two weeks ago; what was planned is planned for two weeks ahead."""
    return Stance(answer=_answer(kind, change_id=change_id, now=now))


def _answer(kind: AnswerKind, *, change_id: str, now: datetime) -> Answer:
    return Answer(
        id=1,
        party=Party(subscriber_id=1),
        change_id=change_id,
        kind=kind,
        at=now - _FORTNIGHT,
        way=Way.PAGE,
        planned=(now + _FORTNIGHT).date() if kind is AnswerKind.PLANNED else None,
        subscriber_id=1,
    )


def _promise(change: Change, now: datetime, timing: Timing) -> Answer:
    """A promise for the day before the first date, or for a month from now where that is over or near."""
    days = [d.when.earliest for d in change.deadlines if d.is_open and d.when.earliest is not None]
    near = timing.today(now) + _FORTNIGHT
    planned = min((day - _DAY for day in days if day > near), default=near + _FORTNIGHT)
    said = _answer(AnswerKind.PLANNED, change_id=change.id, now=now)
    return replace(
        said, planned=planned, anchor=anchor_of(planned, change) or change.key(change.deadlines[0])
    )


def _footing(kind: NoticeKind, change: Change, stance: Stance, step: Step) -> Footing:
    """A Vendor that is silent where that is what the mail is about, and else whoever answered like that."""
    if kind is not NoticeKind.ESCALATION:
        return Footing(stances={change.id: stance})
    reminded = [step.due - _SHIFT * times for times in range(1, AnswerRules().silent_after + 1)]
    return Footing(vendor="Leverandør AS", reminded={change.id: reminded})


def _can_be_told(kind: NoticeKind, deadline: Deadline) -> bool:
    return deadline.when.is_set or kind not in (NoticeKind.DATED, NoticeKind.CONFIRMED)


def _reminders(change: Change, lead: Lead | None, now: datetime, timing: Timing) -> list[Step]:
    """The reminders that would fall due at one instant: with that Lead, or the next, or the last there was."""
    every = [
        step
        for deadline in change.deadlines
        for step in reminder_steps(change.key(deadline), deadline, deadline.cadence or timing.cadence, timing)
    ]
    if not every:
        raise UsageError(f"the change “{change.id}” has no date to remind of")
    steps = [step for step in every if lead is None or step.lead == lead]
    if not steps:
        leads = sorted({step.lead for step in every if step.lead}, reverse=True)
        has = ", ".join(str(each) for each in leads)
        raise UsageError(f"the change “{change.id}” has no reminder {lead} ahead; it has: {has}")
    due = min((step.due for step in steps if step.due >= now), default=max(step.due for step in steps))
    return [step for step in steps if step.due == due]


def _old(kind: NoticeKind, deadline: Deadline, now: datetime, timing: Timing) -> When | None:
    """The date before the news: the one announced earlier where the list knows it, else a likely one."""
    when = deadline.when
    match kind:
        case NoticeKind.CONFIRMED:
            return replace(when, certainty=Certainty.TENTATIVE)
        case NoticeKind.MOVED if deadline.earlier:
            return deadline.earlier[-1].when
        case NoticeKind.MOVED:
            day = (when.earliest or timing.today(now) + 2 * _SHIFT) - _SHIFT
            return parse_when(day.isoformat())
        case NoticeKind.WITHDRAWN | NoticeKind.COMPLETED:
            return when
        case _:
            return None


def _after(kind: NoticeKind, changes: ChangeList, change: Change) -> ChangeList:
    """The list as it would be once such news is told: ended, or firm."""
    if kind in _STATUSES:
        deadlines = tuple(replace(d, status=_STATUSES[kind]) for d in change.deadlines)
    elif kind is NoticeKind.CONFIRMED:
        deadlines = tuple(
            replace(d, when=replace(d.when, certainty=Certainty.CONFIRMED)) for d in change.deadlines
        )
    else:
        return changes
    news = replace(change, deadlines=deadlines)
    return replace(changes, changes=tuple(news if each is change else each for each in changes.changes))


def _message(now: datetime) -> Message:
    return Message(
        id=1,
        subscriber_id=1,
        state=MessageState.CLAIMED,
        anytime=False,
        created_at=now,
        not_before=now,
        header_id="<preview@notifier.invalid>",
    )


def _reader(
    kind: NoticeKind, change: Change, changes: ChangeList, language: Language, now: datetime
) -> Subscriber:
    """Who follows everything; of an escalation who follows another service, or nothing where there is none."""
    person = _subscriber(language, now)
    if kind is not NoticeKind.ESCALATION:
        return person
    others = [Topic(Scope.SERVICE, each.id) for each in changes.services if each.id != change.service]
    return replace(person, subscriptions=tuple(Subscription(topic=each, since=now) for each in others[:1]))


def _subscriber(language: Language, now: datetime) -> Subscriber:
    return Subscriber(
        id=1,
        public_id="preview",
        address="kontakt@leverandor.example",
        language=language,
        state=SubscriberState.ACTIVE,
        joined_at=now,
        subscriptions=(Subscription(topic=EVERYTHING, since=now),),
    )
