"""What the people of one Vendor were told of one Change: everything the Ledger and the Outbox know of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from notifier.core.message import Message
from notifier.core.notice import Notice
from notifier.core.pseudonym import shortened
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import subscribers as people
from notifier.store.messages import Attempt, attempt_of, message_of
from notifier.store.notices import notice_of
from notifier.store.tables import attempts, messages, notices, subscribers

_CHUNK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One of the Vendor's Subscribers. Of whoever was erased only a keyed pseudonym is known, and that for a
    time; `basis` says on what ground the others are mailed, `ended_why` why that is over."""

    subscriber: Subscriber
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


def contacts_of(connection: Connection, vendor_id: str) -> tuple[Contact, ...]:
    """Everybody who belongs to the Vendor, or did until they left or were erased, in the order in which they joined.

    What they were told before they belonged to it is theirs as well.
    """
    columns = (
        subscribers.c.id,
        subscribers.c.pseudonym,
        subscribers.c.basis,
        subscribers.c.ended_at,
        subscribers.c.ended_why,
    )
    rows = connection.execute(
        select(*columns).where(subscribers.c.vendor_id == vendor_id).order_by(subscribers.c.id)
    ).all()
    known = people.load(connection, [row.id for row in rows])
    return tuple(
        Contact(
            subscriber=known[row.id],
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


def notices_in(connection: Connection, message_ids: Collection[int]) -> dict[int, list[Notice]]:
    """Everything that these Messages tell or were to tell, of other Changes too."""
    found: dict[int, list[Notice]] = {}
    for row in _chunked(connection, notices, notices.c.message_id, message_ids):
        found.setdefault(row.message_id, []).append(notice_of(row))
    return found


def messages_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Message]:
    """These Messages, as far as they are still kept."""
    return {row.id: message_of(row) for row in _chunked(connection, messages, messages.c.id, ids)}


def attempts_by_message(connection: Connection, ids: Collection[int]) -> dict[int, tuple[Attempt, ...]]:
    """Every transmission of these Messages, oldest first."""
    found: dict[int, list[Attempt]] = {}
    for row in _chunked(connection, attempts, attempts.c.message_id, ids):
        found.setdefault(row.message_id, []).append(attempt_of(row))
    return {message_id: tuple(each) for message_id, each in found.items()}


def _chunked(connection: Connection, table: Any, key: Any, ids: Collection[int]) -> list[Any]:
    wanted = sorted(ids)
    rows: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        part = select(table).where(key.in_(wanted[start : start + _CHUNK])).order_by(table.c.id)
        rows += connection.execute(part).all()
    return rows
