"""An Outbox with three Messages in it, and what the nodes do with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from notifier.core.delivery import after_verdict
from notifier.core.message import Message, MessageState
from notifier.core.reply import Verdict
from notifier.store import changes, outbox
from notifier.store import messages as outbox_views
from notifier.store.outbox import Recorded
from notifier.store.tables import messages
from tests.core.lists import a_list, a_subscriber, oslo
from tests.store import crowd

NOW = oslo("2026-09-02")
SUFFIX = ".abc@varsel.example>"
NODE, OTHER = 1, 2


def fill(connection: Connection) -> None:
    """Three Subscribers with a waiting Message each, and a list in force."""
    crowd.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2, 3)])
    put_in_force(connection)
    waiting = {"state": "pending", "anytime": False, "created_at": NOW, "not_before": NOW, "state_at": NOW}
    connection.execute(insert(messages), [waiting | {"subscriber_id": n} for n in (1, 2, 3)])


def put_in_force(connection: Connection, revision: int = 1) -> int:
    """A list, whose reading has this id."""
    current = a_list(revision=revision)
    changes.put_in_force(
        connection, changes=current, merged=current, differences=(), news=(), since={}, now=NOW
    )
    found = changes.in_force(connection)
    assert found is not None
    return found.id


def claim(
    box: Connection, *, node: int = NODE, now: datetime = NOW, is_open: bool = True
) -> tuple[Message, ...]:
    """What a node gets when it asks for everything."""
    return outbox.claim(
        box, node=node, now=now, is_open=is_open, next_opening=now + timedelta(hours=12), limit=500
    )


def arm(box: Connection, *claimed: Message, reading: int = 1) -> frozenset[int]:
    """The ids of those that may leave."""
    return outbox.arm(box, claimed, reading=reading, id_suffix=SUFFIX, now=NOW)


def record(box: Connection, message: Message, verdict: Verdict) -> frozenset[int]:
    """Record what was said of a Message that was armed as it was claimed; its id where that counts."""
    armed = replace(message, copies=message.copies + 1)
    transition = after_verdict(armed, verdict, now=NOW, spread=0)
    entry = Recorded(message=armed, verdict=verdict, transition=transition)
    return outbox.record(box, [entry], now=NOW)


def state(box: Connection, message: Message) -> MessageState:
    """Where it is now."""
    return outbox_views.load(box, [message.id])[0].state
