"""Letters that tell of an Answer: to the other contacts of a Vendor, and to the contact of a Change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, or_, select, update

from notifier.core.answer import DAY, MOST_CALLS_FOR_HELP, SETTLING, Answer, Way
from notifier.core.change import Change
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState
from notifier.store.answer_tables import answers
from notifier.store.following import follows_any
from notifier.store.tables import messages, subscribers

# Whoever answers to and fro does not fill their colleagues' mailboxes: so often in a day they are told of a Change.
MOST_A_DAY = 3


def tell(connection: Connection, told: Answer, change: Change, *, now: datetime) -> None:
    """Tell the others of the Vendor who follow the Change; whoever answered by mail, how it was understood; and whose
    link it came by, when it ends their reminders, since mails are passed on and others may have pressed.

    Whoever pauses is shown it by the mail that ends the pause. A Letter that still waits about an earlier Answer
    gives way, whoever it is for: it is no longer so. One that would be the fourth within a day waits until it is the
    third, so that the last Answer is told to everybody, however often it changed.
    """
    of_party = messages.c.answer_id.in_(select(answers.c.id).where(answers.c.party == str(told.party)))
    about = and_(messages.c.letter == LetterKind.ANSWERED, _of_change(change), of_party)
    _cancel(connection, about, now)
    concerned = _concerned(connection, told, change, now)
    free = {row.subscriber_id: row.earliest + DAY for row in connection.execute(_told_enough(about, now))}
    rows = [
        {"subscriber_id": each, "letter": LetterKind.ANSWERED.value}
        | _waiting(told, now)
        | {"not_before": free.get(each, now)}
        for each in connection.scalars(concerned)
    ]
    if rows:
        connection.execute(insert(messages), rows)


def ask_for_help(
    connection: Connection, told: Answer, change: Change, *, contact: str, now: datetime
) -> None:
    """Send the words of an Answer to the contact of its Change, or else to the publisher's, `contact`; in place of
    such a Letter from the same Subscriber that still waits."""
    _cancel(connection, and_(_calls_of(told.subscriber_id), _of_change(change)), now)
    to = change.contact or contact
    row = {"subscriber_id": told.subscriber_id, "letter": LetterKind.HELP_WANTED.value, "letter_to": to}
    connection.execute(insert(messages).values(row | _waiting(told, now)))


def calls_too_often(connection: Connection, subscriber_id: int, *, now: datetime) -> bool:
    """Whether somebody has called for help as often as they may within a day."""
    lately = and_(messages.c.created_at > now - DAY, messages.c.state != MessageState.CANCELLED)
    calls = select(func.count()).select_from(messages).where(_calls_of(subscriber_id), lately)
    return (connection.scalar(calls) or 0) >= MOST_CALLS_FOR_HELP


def _calls_of(subscriber_id: int | None) -> ColumnElement[bool]:
    return and_(messages.c.subscriber_id == subscriber_id, messages.c.letter == LetterKind.HELP_WANTED)


def _concerned(connection: Connection, told: Answer, change: Change, now: datetime) -> Select[tuple[int]]:
    """The ids of whom to tell."""
    follows = follows_any(connection, [(change.id, change.service)])
    colleagues = and_(subscribers.c.vendor_id == told.party.vendor, follows)
    awake = or_(subscribers.c.paused_until.is_(None), subscribers.c.paused_until <= now)
    others = and_(colleagues, awake, subscribers.c.id.is_distinct_from(told.subscriber_id))
    is_told = told.way is Way.MAIL or (told.way is Way.PAGE and told.kind in SETTLING)
    themselves = subscribers.c.id == told.subscriber_id if is_told else false()
    active = subscribers.c.state == SubscriberState.ACTIVE
    return select(subscribers.c.id).where(active, or_(others, themselves))


def _told_enough(about: ColumnElement[bool], now: datetime) -> Select[tuple[int, datetime]]:
    """The ids of whom these Letters told as often as they may within a day, and when the first of them left."""
    lately = and_(about, messages.c.not_before > now - DAY, messages.c.state != MessageState.CANCELLED)
    first = func.min(messages.c.not_before, type_=messages.c.not_before.type).label("earliest")
    return (
        select(messages.c.subscriber_id, first)
        .where(lately)
        .group_by(messages.c.subscriber_id)
        .having(func.count() >= MOST_A_DAY)
    )


def _of_change(change: Change) -> ColumnElement[bool]:
    return messages.c.answer_id.in_(select(answers.c.id).where(answers.c.change == change.id))


def _cancel(connection: Connection, letters: ColumnElement[bool], now: datetime) -> None:
    """Let a newer one take the place of these Letters, where they still wait."""
    waits = and_(letters, messages.c.state == MessageState.PENDING, messages.c.copies == 0)
    ended = {
        "state": MessageState.CANCELLED.value,
        "letter_to": None,
        "state_at": now,
        "last_reply": "a newer one takes its place",
    }
    connection.execute(update(messages).where(waits).values(ended))


def _waiting(told: Answer, now: datetime) -> dict[str, object]:
    return {
        "state": MessageState.PENDING.value,
        "anytime": True,
        "created_at": now,
        "not_before": now,
        "state_at": now,
        "answer_id": told.id,
    }
