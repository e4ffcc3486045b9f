"""Subscribers to build store tests from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from notifier.core.message import MessageState
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, Subscriber, parse_topic
from notifier.core.text import Language
from notifier.store import joining, subscribers
from notifier.store.engine import reading, writing
from notifier.store.joining import Joiner
from notifier.store.tables import messages, notices

KEYED = Pseudonyms(("key",))
MAY = datetime(2026, 5, 1, 8, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)


def a_joiner(address: str = "kari@epj.example.no", *follows: str, **fields: Any) -> Joiner:
    """Who follows these Topics, or everything."""
    topics = tuple(parse_topic(text) for text in follows) or (EVERYTHING,)
    return Joiner(
        **{"address": address, "language": Language.NB, "topics": topics, "basis": "signed on paper"} | fields
    )


def join(
    engine: Engine, address: str = "kari@epj.example.no", *follows: str, now: datetime = MAY, **fields: Any
) -> Subscriber:
    """Let one person join, also whoever left before, and read them back."""
    with writing(engine) as connection:
        joiner = a_joiner(address, *follows, **fields)
        added = joining.add_many(connection, [joiner], now=now, again=True)
        return subscribers.load(connection, [added[0].subscriber_id])[added[0].subscriber_id]


def look_up(engine: Engine, address: str = "kari@epj.example.no") -> Subscriber:
    """The Subscriber with that address, who must exist."""
    with reading(engine) as connection:
        found = subscribers.find(connection, address)
    assert found is not None
    return found


def message_states(engine: Engine) -> list[str]:
    """Every Message's state, oldest first."""
    with reading(engine) as connection:
        return list(connection.scalars(select(messages.c.state).order_by(messages.c.id)))


def outcomes(engine: Engine) -> list[str]:
    """Every Notice's outcome, oldest first."""
    with reading(engine) as connection:
        return list(connection.scalars(select(notices.c.outcome).order_by(notices.c.id)))


def put_messages_in(connection: Connection, state: MessageState) -> None:
    """Move every Message to a state, as claiming and arming would."""
    connection.execute(messages.update().values(state=state.value, owner=1))
