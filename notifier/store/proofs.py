"""What the people of one Vendor were told of one Change: everything the Ledger and the Outbox know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from notifier.core.belonging import Stay, stays_with
from notifier.core.letter import WITH_OVERVIEW
from notifier.core.message import Message, MessageState
from notifier.core.notice import Notice
from notifier.core.pseudonym import shortened
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import partings
from notifier.store import subscribers as people
from notifier.store.messages import COLUMNS, Attempt, attempt_of, message_of
from notifier.store.notices import notice_of
from notifier.store.tables import attempts, messages, notices, subscribers

_CHUNK = 10_000
# How a Letter ended of which a server, or nobody, has said anything.
_ENDED = (MessageState.SENT, MessageState.UNKNOWN, MessageState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A Subscriber who is one of the Vendor's, or was during these `stays`. Of whoever was erased only a keyed
    pseudonym is known, and that for a time; `basis` says on what ground the others are mailed, `ended_why` why that
    is over."""

    subscriber: Subscriber
    stays: tuple[Stay, ...]
    pseudonym: str
    basis: str
    ended_at: datetime | None
    ended_why: str

    @property
    def name(self) -> str:
        """The address, or the pseudonym."""
        if self.subscriber.state is SubscriberState.ERASED:
            return shortened(self.pseudonym) if self.pseudonym else f"subscriber {self.subscriber.id}"
        return self.subscriber.address

    def was_theirs(self, at: datetime | None) -> bool:
        """Whether they spoke for the Vendor at that instant; without one, whether they do now."""
        return any(stay.until is None if at is None else stay.covers(at) for stay in self.stays)


def contacts_of(connection: Connection, vendor_id: str) -> tuple[Contact, ...]:
    """Everybody who belongs to the Vendor, or did before they left, were erased or came to another one, in the order
    in which they first joined."""
    parted = partings.of_contacts(connection, vendor_id)
    columns = (
        subscribers.c.id,
        subscribers.c.pseudonym,
        subscribers.c.basis,
        subscribers.c.ended_at,
        subscribers.c.ended_why,
    )
    rows = connection.execute(
        select(*columns).where(subscribers.c.id.in_(parted)).order_by(subscribers.c.id)
    ).all()
    known = people.load(connection, list(parted))
    return tuple(
        Contact(
            subscriber=known[row.id],
            stays=tuple(stays_with(vendor_id, partings=parted[row.id], present=known[row.id].vendor)),
            pseudonym=row.pseudonym or "",
            basis=row.basis,
            ended_at=row.ended_at,
            ended_why=row.ended_why or "",
        )
        for row in rows
    )


def notices_about(
    connection: Connection, subscriber_ids: Collection[int], change_id: str
) -> tuple[Notice, ...]:
    """The Ledger on these Subscribers and one Change, with their standing Notices, oldest first."""
    about = or_(notices.c.deadline.startswith(f"{change_id}/", autoescape=True), notices.c.deadline == "")
    chosen = select(notices).where(and_(notices.c.subscriber_id.in_(subscriber_ids), about))
    return tuple(notice_of(row) for row in connection.execute(chosen.order_by(notices.c.id)))


def notices_in(connection: Connection, mails: Collection[Message]) -> dict[int, list[Notice]]:
    """By Message id, everything that these tell or were to tell, of other Changes too, and what any of their copies
    told that has moved to another Message since."""
    found: dict[int, dict[int, Notice]] = {message.id: {} for message in mails}
    for row in _chunked(connection, notices.c, notices.c.message_id, found):
        found[row.message_id][row.id] = notice_of(row)
    told = [(message.id, number) for message in mails for each in message.renderings for number in each.told]
    moved = {number for message_id, number in told if number not in found[message_id]}
    known = {row.id: notice_of(row) for row in _chunked(connection, notices.c, notices.c.id, moved)}
    for message_id, number in told:
        if number in known:
            found[message_id][number] = known[number]
    return {message_id: list(theirs.values()) for message_id, theirs in found.items()}


def letters_about(
    connection: Connection, subscriber_ids: Collection[int], answer_ids: Collection[int]
) -> tuple[Message, ...]:
    """The Letters to these Subscribers, or sent for them, that tell of these Answers or show where they stand, as far
    as a copy left or was refused, oldest first."""
    tells = or_(messages.c.answer_id.in_(answer_ids), messages.c.letter.in_(sorted(WITH_OVERVIEW)))
    theirs = and_(messages.c.subscriber_id.in_(subscriber_ids), messages.c.letter.is_not(None), tells)
    chosen = select(*COLUMNS).where(theirs, messages.c.state.in_(_ENDED)).order_by(messages.c.id)
    return tuple(message_of(row) for row in connection.execute(chosen))


def messages_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Message]:
    """These Messages, as far as they are still kept."""
    return {row.id: message_of(row) for row in _chunked(connection, COLUMNS, messages.c.id, ids)}


def attempts_by_message(connection: Connection, ids: Collection[int]) -> dict[int, tuple[Attempt, ...]]:
    """Every transmission of these Messages, oldest first."""
    found: dict[int, list[Attempt]] = {}
    for row in _chunked(connection, attempts.c, attempts.c.message_id, ids):
        found.setdefault(row.message_id, []).append(attempt_of(row))
    return {message_id: tuple(each) for message_id, each in found.items()}


def _chunked(connection: Connection, columns: Iterable[Any], key: Any, ids: Collection[int]) -> list[Any]:
    wanted = sorted(ids)
    rows: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        part = select(*columns).where(key.in_(wanted[start : start + _CHUNK])).order_by(key.table.c.id)
        rows += connection.execute(part).all()
    return rows
