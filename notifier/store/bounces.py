"""Bounces: points against addresses that mail comes back from, and the end of writing to them.

What is decided of them is in `core.bounce`. A Message bounces at most once, however many reports come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from notifier.core.bounce import QUIET, Score, Weight, is_worth_hearing, judge
from notifier.core.letter import TO_ANOTHER_ADDRESS, LetterKind
from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState
from notifier.store import alerts, holding, leaving
from notifier.store.tables import attempts, messages, subscribers

PHASE = "bounce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """A Message that came back: whose it is, how often they had moved when it was written to them, and how much
    that says of the mailbox they had then."""

    subscriber_id: int
    moves: int
    weight: Weight


def note(
    connection: Connection, *, message_id: int, moves: int, weight: Weight, words: str, now: datetime
) -> Bounced | None:
    """Write what a report says of a Message; None when it is stale, repeated, or about nothing that was sent.

    `words` must hold no address.
    """
    row = _came_back(connection, message_id, _to_its_subscriber(), now)
    if row is None:
        return None
    _write(connection, message_id, weight, words, now)
    return Bounced(subscriber_id=row.subscriber_id, moves=moves, weight=weight)


def note_call_for_help(
    connection: Connection, *, message_id: int, weight: Weight, words: str, now: datetime
) -> None:
    """Raise an Alert where what came back is a call for help, which its contact has not read. Else as `note`."""
    row = _came_back(connection, message_id, messages.c.letter == LetterKind.HELP_WANTED, now)
    if row is None:
        return
    _write(connection, message_id, weight, words, now)
    text = (
        f"subscriber {row.subscriber_id} asked for help, and the mail with their words came back from the contact it"
        f" went to: {words}. Read them with: notifier answers show {row.answer_id}; see that somebody helps, and that"
        " the address works (`contact` of the change, or publisher.contact)"
    )
    alerts.raise_alert(connection, key=f"help:{message_id}", text=text, now=now)


def _came_back(
    connection: Connection, message_id: int, of_kind: ColumnElement[bool], now: datetime
) -> Row[Any] | None:
    """The Message that a report tells of, held until this is over; None when it is stale, repeated, of another
    kind, or nothing that was sent."""
    whose = select(messages.c.subscriber_id).where(messages.c.id == message_id)
    holding.hold_people(connection, connection.scalars(whose).all())
    came_back = exists().where(attempts.c.message_id == messages.c.id, attempts.c.phase == PHASE)
    chosen = (
        select(
            messages.c.subscriber_id,
            messages.c.answer_id,
            messages.c.state_at,
            subscribers.c.joined_at,
            came_back.label("bounced"),
        )
        .join(subscribers, subscribers.c.id == messages.c.subscriber_id)
        .where(messages.c.id == message_id, messages.c.copies > 0, of_kind)
        .with_for_update(of=messages)
    )
    row = connection.execute(chosen).one_or_none()
    is_heard = row is not None and is_worth_hearing(
        sent_at=row.state_at, joined_at=row.joined_at, bounced=row.bounced, now=now
    )
    return row if is_heard else None


def _write(connection: Connection, message_id: int, weight: Weight, words: str, now: datetime) -> None:
    told = {"message_id": message_id, "at": now, "phase": PHASE, "fault": weight.value, "reply": words[:300]}
    connection.execute(insert(attempts).values(told))


def _to_its_subscriber() -> ColumnElement[bool]:
    """What is written to another address is nobody's fault."""
    return or_(messages.c.letter.is_(None), messages.c.letter.not_in(sorted(TO_ANOTHER_ADDRESS)))


def hold_against(
    connection: Connection, bounced: Sequence[Bounced], *, limit: int, words: str, now: datetime
) -> None:
    """Hold these bounces against their Subscribers; suspend whoever has `limit` points, with an Alert.

    `words` say why, without an address. Whoever is not active is sent nothing anyway, and a mailbox that
    somebody left says nothing of the one they have now.
    """
    if not bounced:
        return
    weights = {each.subscriber_id: each.weight for each in bounced}
    mailboxes = [(each.subscriber_id, each.moves) for each in bounced]
    active = and_(
        tuple_(subscribers.c.id, subscribers.c.moves).in_(mailboxes),
        subscribers.c.state == SubscriberState.ACTIVE,
    )
    chosen = select(subscribers.c.id, subscribers.c.score, subscribers.c.scored_at).where(active)
    judged = {
        row.id: judge(Score(points=row.score, scored_at=row.scored_at), weights[row.id], limit=limit, now=now)
        for row in connection.execute(chosen.order_by(subscribers.c.id).with_for_update(key_share=True))
    }
    scored = {subscriber_id: each for subscriber_id, each in judged.items() if each.is_scored}
    if scored:
        points = (
            update(subscribers)
            .where(subscribers.c.id == bindparam("row_id"))
            .values(score=bindparam("points"), scored_at=now)
        )
        connection.execute(points, [{"row_id": key, "points": each.points} for key, each in scored.items()])
    for subscriber_id in (key for key, each in scored.items() if each.suspends):  # hardly ever more than one
        _suspend(connection, subscriber_id, words, now)


def _suspend(connection: Connection, subscriber_id: int, words: str, now: datetime) -> None:
    why = f"mail to the address came back: {words}"
    leaving.suspend(connection, subscriber_id=subscriber_id, why=why, now=now)
    text = (
        f"subscriber {subscriber_id} is suspended, since {why}. Find them with: notifier subscribers show"
        f" {subscriber_id}; once the address works: notifier subscribers set ADDRESS --resume"
    )
    alerts.raise_alert(connection, key=f"suspended:{subscriber_id}", text=text, now=now)


def forgive(connection: Connection, *, now: datetime) -> int:
    """Take the points from whoever has since been sent a Message that did not come back; answers how many."""
    came_back = exists().where(attempts.c.message_id == messages.c.id, attempts.c.phase == PHASE)
    taken_in = exists().where(
        messages.c.subscriber_id == subscribers.c.id,
        messages.c.state == MessageState.SENT,
        messages.c.state_at > subscribers.c.scored_at,
        messages.c.state_at <= literal(now - QUIET, type_=messages.c.state_at.type),
        ~came_back,
    )
    held = and_(subscribers.c.score > 0, subscribers.c.state == SubscriberState.ACTIVE, taken_in)
    ids = select(subscribers.c.id).where(held).order_by(subscribers.c.id).with_for_update(key_share=True)
    return connection.execute(update(subscribers).where(subscribers.c.id.in_(ids)).values(score=0)).rowcount
