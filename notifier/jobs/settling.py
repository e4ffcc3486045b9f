"""Settling claimed Messages: what each still has to tell, and whether it may tell it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifier.core.answer import AnswerRules, party_of
from notifier.core.change import ChangeList
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.message import Message, MessageState
from notifier.core.notice import PROMISES, REMINDERS, Notice, NoticeKind, Outcome
from notifier.core.settle import Settled, settle
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.jobs.losses import alert_expired, alert_unknown
from notifier.jobs.settling_letters import settle_letters
from notifier.jobs.telling import Telling
from notifier.store import changes, expiring, holding, imprints, notices, outbox, subscribers
from notifier.store.footings import footings

_REASONS = {
    MessageState.CANCELLED: "nothing left to tell",
    MessageState.EXPIRED: "its day was over",
    MessageState.UNKNOWN: "sent once without an answer, and its day was over",
}
BARRED = "mail.only_to does not include this address"


def settle_claimed(
    connection: Connection,
    claimed: Sequence[Message],
    *,
    timing: Timing,
    rules: AnswerRules,
    may_receive: Callable[[str], bool],
    now: datetime,
) -> list[Telling]:
    """Close the Notices that are not to be told any more, and every Message that has none left.

    What may not leave at this hour after all waits again. Answers the others.
    """
    current = changes.in_force(connection)
    if current is None:
        outbox.release(connection, claimed, now=now)
        return []
    everybody = [message.subscriber_id for message in claimed]
    history = imprints.history(connection)
    letters = [message for message in claimed if message.letter is not None]
    claimed = [message for message in claimed if message.letter is None]
    owed = _owed(connection, claimed)
    # What may be spared them is decided by what was answered; whoever answers meanwhile would find it still owed.
    spared = [n for _, group in owed for n in group if n.step.kind in REMINDERS | PROMISES]
    holding.hold_answers(connection, {notice.subscriber_id for notice in spared})
    people = subscribers.load(connection, everybody)
    met = _footings(connection, people, owed, changes=current.changes, timing=timing, rules=rules, now=now)
    settled = _settle(
        connection, owed, people, met, current=current.changes, history=history, timing=timing, now=now
    )
    tellings = [
        Telling(
            message=message,
            notices=settled[message.id].kept,
            subscriber=people[message.subscriber_id],
            changes=current.changes,
            history=history,
            reading=current.id,
            footing=met[message.subscriber_id],
        )
        for message in claimed
        if settled[message.id].kept
    ]
    _close_emptied(connection, claimed, settled, timing, now)
    tellings += settle_letters(connection, letters, people, met, current=current, history=history, now=now)
    tellings = _bar(connection, tellings, may_receive, now)
    return _put_back_early(connection, tellings, timing, now)


def _owed(connection: Connection, claimed: Sequence[Message]) -> list[tuple[Message, list[Notice]]]:
    """What each of these Messages still owes."""
    by_id: dict[int, list[Notice]] = {message.id: [] for message in claimed}
    for notice in notices.owed_by_message(connection, list(by_id)):
        by_id[notice.message_id or 0].append(notice)
    return [(message, by_id[message.id]) for message in claimed]


def _footings(
    connection: Connection,
    people: Mapping[int, Subscriber],
    owed: Sequence[tuple[Message, Sequence[Notice]]],
    *,
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> dict[int, Footing]:
    """By Subscriber, where their Party stands."""
    parties = {each.id: party_of(each) for each in people.values()}
    reminded = {
        notice.step.change_id for _, group in owed for notice in group if notice.step.kind in REMINDERS
    }
    found = footings(
        connection,
        set(parties.values()),
        changes=changes,
        about=reminded,
        timing=timing,
        rules=rules,
        now=now,
    )
    return {subscriber_id: found[party] for subscriber_id, party in parties.items()}


def _settle(
    connection: Connection,
    owed: Sequence[tuple[Message, Sequence[Notice]]],
    people: Mapping[int, Subscriber],
    met: Mapping[int, Footing],
    *,
    current: ChangeList,
    history: Mapping[str, tuple[Entry, ...]],
    timing: Timing,
    now: datetime,
) -> dict[int, Settled]:
    elsewhere = _elsewhere(connection, [notice for _, group in owed for notice in group], now)
    settled = {}
    for message, group in owed:
        found = settle(
            notices=group,
            elsewhere=[n for n in elsewhere.get(message.subscriber_id, []) if n.message_id != message.id],
            subscriber=people[message.subscriber_id],
            footing=met[message.subscriber_id],
            changes=current,
            history=history,
            timing=timing,
            now=now,
        )
        settled[message.id] = found.after_a_copy() if message.copies else found
    dropped = [(drop.notice.id, drop.outcome, drop.reason) for s in settled.values() for drop in s.dropped]
    notices.close(connection, dropped, now)
    return settled


def _elsewhere(connection: Connection, owed: Sequence[Notice], now: datetime) -> dict[int, list[Notice]]:
    """By Subscriber, what they were or are to be told of the same Deadlines: see `core.settle`."""
    about: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
    for notice in owed:
        if notice.step.kind is not NoticeKind.STANDING and notice.step.kind not in PROMISES:
            is_reminder = notice.step.kind in REMINDERS
            about[is_reminder].add((notice.subscriber_id, notice.step.deadline))
    since = min([now - timedelta(days=1), *(notice.step.due for notice in owed)])
    # Those of other Messages that were claimed together are known already.
    known = frozenset([notice.id for notice in owed])
    found: dict[int, list[Notice]] = {}
    for notice in (
        *owed,
        *notices.news_of(connection, about[False], known),
        *notices.reminders_of(connection, about[True], known, since=since),
    ):
        found.setdefault(notice.subscriber_id, []).append(notice)
    return found


def _close_emptied(
    connection: Connection,
    claimed: Sequence[Message],
    settled: Mapping[int, Settled],
    timing: Timing,
    now: datetime,
) -> None:
    emptied: dict[MessageState, list[Message]] = {}
    for message in claimed:
        if not settled[message.id].kept:
            emptied.setdefault(_ended_as(settled[message.id]), []).append(message)
    for state, messages in emptied.items():
        outbox.end(connection, messages, state, reason=_REASONS[state], now=now)
    # Also where the Message goes on, since it carries another Notice whose day is not over.
    doubtful = [
        number
        for number, found in settled.items()
        if any(d.outcome is Outcome.UNKNOWN for d in found.dropped)
    ]
    alert_unknown(connection, doubtful, now=now)
    if any(drop.outcome is Outcome.EXPIRED for found in settled.values() for drop in found.dropped):
        alert_expired(connection, timing=timing, now=now)


def _ended_as(settled: Settled) -> MessageState:
    outcomes = {drop.outcome for drop in settled.dropped}
    if Outcome.UNKNOWN in outcomes:
        return MessageState.UNKNOWN
    return MessageState.EXPIRED if Outcome.EXPIRED in outcomes else MessageState.CANCELLED


def _bar(
    connection: Connection, tellings: Sequence[Telling], may_receive: Callable[[str], bool], now: datetime
) -> list[Telling]:
    """Close what goes to people whom this installation must not mail; answers the rest."""
    allowed: list[Telling] = []
    barred: list[Telling] = []
    for telling in tellings:
        (allowed if may_receive(telling.recipient or "") else barred).append(telling)
    messages = [telling.message for telling in barred]
    outbox.end(connection, messages, MessageState.CANCELLED, reason=BARRED, now=now)
    untold = [(notice.id, Outcome.CANCELLED, BARRED) for each in barred for notice in each.notices]
    notices.close(connection, untold, now)
    return allowed


def _put_back_early(
    connection: Connection, tellings: Sequence[Telling], timing: Timing, now: datetime
) -> list[Telling]:
    """Release what was claimed outside the hours for the sake of a Notice that was closed just now."""
    if timing.is_open(now):
        return list(tellings)
    opening = timing.next_opening(now)
    early = [telling.message for telling in tellings if not _may_leave_before(telling, opening)]
    outbox.release(connection, early, now=now)
    expiring.set_expiry(connection, [message.id for message in early])
    return [telling for telling in tellings if _may_leave_before(telling, opening)]


def _may_leave_before(telling: Telling, opening: datetime) -> bool:
    too_late = any(notice.step.expires and notice.step.expires <= opening for notice in telling.notices)
    return telling.message.anytime or too_late
