"""Answering: what a Party says of a Change, by page, by mail or through an operator; and deciding on what waits.

One Answer at a time is given for a Party: whoever comes second sees what became of the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from notifier.consent.reconsidering import reconsider
from notifier.core.address import identity_of
from notifier.core.answer import (
    Answer,
    AnswerKind,
    AnswerRules,
    AnswerState,
    Party,
    Way,
    answers_too_often,
    kept_words,
    party_of,
    promised,
    speaks_for,
)
from notifier.core.change import Change, ChangeList
from notifier.core.stance import anchor_of, comes_too_late, stance_of
from notifier.core.subscription import Addressee, Subscriber, SubscriberState
from notifier.core.timing import Timing
from notifier.errors import NotifierError
from notifier.store import answer_letters, answers, holding, subscribers, vendors
from notifier.store.circumstances import circumstances
from notifier.store.engine import writing

ANSWER_IN = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


class AnsweredTooOftenError(NotifierError):
    """Somebody has answered, or called for help, more often than they may within a day; nothing was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What answering came to: the Answer, and whether it is new or repeats one that was given before.

    `comes_too_late` tells that it promises a day on which the old way works no longer.
    """

    answer: Answer
    is_new: bool
    comes_too_late: bool

    @property
    def waits(self) -> bool:
        """Whether it counts only once an operator accepts it."""
        return self.answer.state is AnswerState.WAITING


def answer(
    *,
    engine: Engine,
    addressee: Addressee,
    change_id: str,
    kind: AnswerKind,
    planned: date | None = None,
    words: str = "",
    way: Way,
    author: str = "",
    contact: str,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> Answered | None:
    """Answer for the Vendor of whom a link or a mail was written to, or for themselves where they have none.

    None for whoever left, moved or is unknown, and for a Change that the list has not, or that is over. Twice
    is one Answer, unless what has happened since puts the first in doubt. `author` is the address that wrote,
    "" for a page. Where it, or else the Subscriber's own, lies outside the Vendor's domains, the Answer waits;
    where there are none, it waits when the author is no contact. Whoever needs help is heard by the Change's
    contact, or else by the publisher's, `contact`, once that counts.
    Raises ValueError for a promise that names no day, or none that can be promised, and AnsweredTooOftenError.
    """
    day = promised(kind, planned, today=timing.today(now))
    change = changes.change(change_id)
    with writing(engine) as connection:
        found = _who_may_answer(connection, addressee)
        if found is None or change is None or not change.is_open:
            return None
        party = party_of(found)
        holding.hold(connection, party)
        writer = identity_of(author or found.address)
        may_speak = _may_speak(connection, writer, found)
        said = replace(
            _said(party, change, kind=kind, planned=day, words=words, way=way, now=now),
            state=AnswerState.COUNTS if may_speak else AnswerState.WAITING,
            subscriber_id=found.id,
            by="" if writer == identity_of(found.address) else author,
        )
        given = _give(connection, said, changes=changes, rules=rules, timing=timing, now=now)
        if given.is_new and given.answer.counts:
            _call_for_help(connection, given.answer, change, contact=contact, now=now)
        return given


def record(
    *,
    engine: Engine,
    party: Party,
    change_id: str,
    kind: AnswerKind,
    planned: date | None = None,
    words: str = "",
    by: str,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> Answered | None:
    """Record what a Party told an operator, whose name is `by`; it counts whoever said it. Else as `answer`.

    None as well where nobody is known by that Party.
    """
    day = promised(kind, planned, today=timing.today(now))
    change = changes.change(change_id)
    with writing(engine) as connection:
        if change is None or not change.is_open or not holding.hold(connection, party):
            return None
        said = _said(party, change, kind=kind, planned=day, words=words, way=Way.OPERATOR, now=now)
        return _give(connection, replace(said, by=by), changes=changes, rules=rules, timing=timing, now=now)


def decide(
    *,
    engine: Engine,
    answer_id: int,
    accepted: bool,
    by: str,
    contact: str,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> Answer | None:
    """Accept or refuse an Answer that waits; None when none of that id waits. Accepted, it counts at once, and a
    call for help goes where `answer` sends it."""
    with writing(engine) as connection:
        found = answers.find(connection, answer_id)
        if found is None:
            return None
        holding.hold(connection, found.party)
        state = AnswerState.COUNTS if accepted else AnswerState.REFUSED
        if not answers.decide(connection, answer_id, state, by=by, now=now):
            return None
        decided = replace(found, state=state, decided_by=by, decided_at=now)
        if accepted:
            _take_effect(connection, decided, changes=changes, rules=rules, timing=timing, now=now)
            change = changes.change(decided.change_id)
            if decided.kind is AnswerKind.NEED_HELP and change is not None:
                answer_letters.ask_for_help(connection, decided, change, contact=contact, now=now)
        return decided


def _call_for_help(
    connection: Connection, said: Answer, change: Change, *, contact: str, now: datetime
) -> None:
    """Let a person hear of it, where somebody needs help, as often as they may call within a day."""
    if said.kind is not AnswerKind.NEED_HELP or said.subscriber_id is None:
        return
    if answer_letters.calls_too_often(connection, said.subscriber_id, now=now):
        raise AnsweredTooOftenError("they have called for help too often today")
    answer_letters.ask_for_help(connection, said, change, contact=contact, now=now)


def _said(
    party: Party,
    change: Change,
    *,
    kind: AnswerKind,
    planned: date | None,
    words: str,
    way: Way,
    now: datetime,
) -> Answer:
    """An Answer that counts, by nobody in particular yet; it gets its id when it is added."""
    return Answer(
        id=0,
        party=party,
        change_id=change.id,
        kind=kind,
        at=now,
        way=way,
        planned=planned,
        anchor=anchor_of(planned, change) if planned else "",
        words=kept_words(words),
    )


def _who_may_answer(connection: Connection, addressee: Addressee) -> Subscriber | None:
    """Whom a link or a mail was written to; held, so that they neither leave nor are erased before it is recorded."""
    found = subscribers.addressed(connection, addressee, for_update=True)
    return found if isinstance(found, Subscriber) and found.state in ANSWER_IN else None


def _may_speak(connection: Connection, writer: str, found: Subscriber) -> bool:
    """Whether an Answer of this writer counts, to what was written to a Subscriber."""
    vendor = vendors.find(connection, found.vendor) if found.vendor else None
    contacts = {identity_of(found.address)}
    beside = subscribers.find(connection, writer) if vendor is not None and writer not in contacts else None
    if beside is not None and beside.vendor == found.vendor and beside.state is SubscriberState.ACTIVE:
        contacts.add(writer)
    return speaks_for(writer, domains=vendor.domains if vendor else (), contacts=contacts)


def _waiting_of(subscriber_id: int | None, given: tuple[Answer, ...]) -> Answer | None:
    """The last Answer that waits of those that came by this Subscriber's links and mails."""
    waiting = [a for a in given if a.state is AnswerState.WAITING and a.subscriber_id == subscriber_id]
    return waiting[-1] if waiting else None


def _give(
    connection: Connection,
    said: Answer,
    *,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> Answered:
    """Add what is said, unless it was said before, and let it take effect."""
    change = changes.change(said.change_id)
    late = change is not None and said.planned is not None and comes_too_late(said.planned, change)
    given = answers.given(connection, party=said.party, change_id=said.change_id)
    before = _last_of_its_state(said, given)
    if before is not None and said.adds_nothing_to(before) and change is not None:
        met = circumstances(connection, [said.party], timing=timing, rules=rules, now=now)
        if stance_of(before, change=change, circumstances=met).doubt is None:
            return Answered(answer=before, is_new=False, comes_too_late=late)
    if answers_too_often(given, said):
        raise AnsweredTooOftenError("they have answered too often today")
    added = answers.add(connection, said)
    _take_effect(connection, added, changes=changes, rules=rules, timing=timing, now=now)
    return Answered(answer=added, is_new=True, comes_too_late=late)


def _last_of_its_state(said: Answer, given: tuple[Answer, ...]) -> Answer | None:
    """What it may repeat: the last that counts, also one that took another back; or their last that waits."""
    if not said.counts:
        return _waiting_of(said.subscriber_id, given)
    return next((each for each in reversed(given) if each.counts), None)


def _take_effect(
    connection: Connection,
    newest: Answer,
    *,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> None:
    """What waited before it is moot; where it counts, the others are told, and what it spares nobody any more is
    owed again."""
    answers.overtake(connection, newest, now=now)
    change = changes.change(newest.change_id)
    if newest.counts and change is not None:
        answer_letters.tell(connection, newest, change, now=now)
        touched = [(newest.party, newest.change_id)]
        reconsider(connection, touched, changes=changes, rules=rules, timing=timing, now=now)
