"""Asks: wishes that await their confirmation. Each Subscriber's row has at most one, the latest."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from notifier.core.address import identity_of, normal_address
from notifier.core.letter import CONFIRM_WITHIN, Ask
from notifier.core.subscription import SubscriberState, Topic, parse_topic
from notifier.core.text import Language
from notifier.store.suppressions import Suppressed
from notifier.store.tables import asks, subscribers, suppressions
from notifier.store.upsert import insert_into


def add_pending(connection: Connection, *, address: str, language: Language, now: datetime) -> None:
    """Note an address that is unknown so far, unconfirmed; one that is known stays as it is.

    Raises ValueError when it is no address.
    """
    row = {
        "public_id": secrets.token_urlsafe(18),
        "address": normal_address(address),
        "identity": identity_of(address),
        "language": language.value,
        "state": SubscriberState.PENDING.value,
        "joined_at": now,
        "basis": "",
    }
    statement = insert_into(connection, subscribers).values(row)
    # Writing the same identity once more changes nothing but holds the row, or waits until it is deleted.
    same = {"identity": statement.excluded.identity}
    connection.execute(statement.on_conflict_do_update(index_elements=["identity"], set_=same))


def put(
    connection: Connection,
    subscriber_id: int,
    *,
    language: Language,
    topics: Sequence[Topic],
    way: str,
    known_as: str,
    now: datetime,
    address: str | None = None,
) -> None:
    """Note a wish; the one before it, if any, can no longer be confirmed.

    `known_as` is what `suppressions.known_as` answers for the address that is asked.
    """
    row = {
        "subscriber_id": subscriber_id,
        "language": language.value,
        "topics": " ".join(str(topic) for topic in dict.fromkeys(topics)),
        "way": way,
        "nonce": secrets.token_urlsafe(12),
        "asked_at": now,
        "expires": now + CONFIRM_WITHIN,
        "address": address,
        "known_as": known_as,
    }
    statement = insert_into(connection, asks).values(row)
    renewed = {name: statement.excluded[name] for name in row if name != "subscriber_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["subscriber_id"], set_=renewed))


def load(connection: Connection, subscriber_ids: Collection[int]) -> dict[int, Ask]:
    """The Asks of these Subscribers, by their ids."""
    chosen = select(asks, is_denied().label("is_denied")).where(asks.c.subscriber_id.in_(subscriber_ids))
    rows = connection.execute(chosen)
    return {row.subscriber_id: _ask(row) for row in rows}


def of_subscriber(connection: Connection, subscriber_id: int) -> Ask | None:
    """The Ask of one Subscriber."""
    return load(connection, [subscriber_id]).get(subscriber_id)


def is_denied() -> ColumnElement[bool]:
    """The condition on an Ask's row that whoever is asked has said «I did not ask for this» by now.

    Two transactions may ask and deny at the same time, and know nothing of each other.
    """
    denied = suppressions.c.why == Suppressed.DENIED
    return exists().where(suppressions.c.key == asks.c.known_as, denied)


def forget(connection: Connection, subscriber_id: int) -> None:
    """It was answered, withdrawn or denied."""
    connection.execute(delete(asks).where(asks.c.subscriber_id == subscriber_id))


def _ask(row: Any) -> Ask:
    return Ask(
        subscriber_id=row.subscriber_id,
        language=Language(row.language),
        topics=tuple(parse_topic(text) for text in row.topics.split()),
        way=row.way,
        nonce=row.nonce,
        asked_at=row.asked_at,
        expires=row.expires,
        address=row.address,
        is_denied=row.is_denied,
    )
