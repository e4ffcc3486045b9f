"""Dispatch: claim waiting Messages, compose them, send them, record what the server said.

Twice is harmless: a Message is claimed by one node at a time under a fencing token, and armed in a
transaction of its own just before it is written to the wire (see `store.outbox`).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from notifier.channels.channel import Channel, ChannelDownError, Line
from notifier.core.delivery import after_verdict
from notifier.core.message import Message
from notifier.core.reply import Fault, Phase, Verdict
from notifier.core.timing import Timing
from notifier.errors import DatabaseError
from notifier.jobs.taking import Compose, Ready, Taken, take
from notifier.jobs.verdicts import Tally, record, record_relay
from notifier.store import outbox
from notifier.store.engine import writing
from notifier.store.outbox import Recorded

ARM_LIMIT = 20

# No transmission begins later than this after arming: with the longest one it stays within the lease.
BATCH_SECONDS = 240.0

RECORD_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0)

# Armed, but the connection ended before its turn: provably undelivered, and no word about the relay.
NOT_TRANSMITTED = Verdict(
    fault=Fault.RELAY, phase=Phase.CONNECT, reply="the connection ended before its turn"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What dispatching needs, wired once: this node, its way out, and how a Message is composed.

    `may_receive` is the installation's allow-list. `clock` is asked anew for every batch.
    """

    engine: Engine
    channel: Channel
    timing: Timing
    compose: Compose
    may_receive: Callable[[str], bool]
    node: int
    id_suffix: str
    connections: int
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Dispatched:
    """What one run came to."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    dropped: int = 0
    stopped: str = ""


async def dispatch(sender: Sender, *, draining: Callable[[], bool] = lambda: False) -> Dispatched:
    """Send everything that may leave now: until nothing is left, the breaker opens, or `draining` says so."""
    total = Dispatched()
    while not draining():
        now = sender.clock()
        taken = await asyncio.to_thread(
            take,
            engine=sender.engine,
            node=sender.node,
            now=now,
            timing=sender.timing,
            compose=sender.compose,
            may_receive=sender.may_receive,
            id_suffix=sender.id_suffix,
        )
        total.dropped += taken.dropped
        if not taken.claimed:
            total.stopped = taken.stopped
            break
        await _send_all(sender, taken, total, draining)
    return total


async def _send_all(sender: Sender, taken: Taken, total: Dispatched, draining: Callable[[], bool]) -> None:
    waiting = deque(taken.ready)
    workers = min(sender.connections, -(-len(waiting) // ARM_LIMIT))
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(_work(sender, taken.reading, waiting, total, draining))
    finally:
        left = [ready.message for ready in waiting]
        if left:
            await asyncio.to_thread(_release, sender, left)


async def _work(
    sender: Sender, reading: int, waiting: deque[Ready], total: Dispatched, draining: Callable[[], bool]
) -> None:
    """One connection after another, until nothing waits or one of them ended in trouble."""
    healthy = True
    while waiting and healthy and not draining():
        try:
            line = await sender.channel.open()
        except ChannelDownError as down:
            now = sender.clock()
            await asyncio.to_thread(record_relay, engine=sender.engine, verdict=down.verdict, now=now)
            return
        try:
            while waiting and healthy and line.usable and not draining():
                batch = [waiting.popleft() for _ in range(min(ARM_LIMIT, len(waiting)))]
                healthy = await _send_batch(sender, line, reading, batch, total)
        finally:
            await line.close()


async def _send_batch(
    sender: Sender, line: Line, reading: int, batch: Sequence[Ready], total: Dispatched
) -> bool:
    """Arm, send and record a few Messages; answers whether the relay seems well."""
    armed = await asyncio.to_thread(_arm, sender, reading, batch)
    verdicts: list[tuple[Ready, Verdict]] = []
    loop = asyncio.get_running_loop()
    latest = loop.time() + BATCH_SECONDS
    try:
        for ready in armed:
            timely = line.usable and loop.time() < latest
            verdicts.append((ready, await line.send(ready.parcel) if timely else NOT_TRANSMITTED))
    finally:
        # Cancelled in the middle: what was sent is recorded, the rest is left to recovery.
        await asyncio.shield(asyncio.to_thread(_record, sender, verdicts, total))
    return not any(verdict.fault in (Fault.RELAY, Fault.OURS, Fault.AMBIGUOUS) for _, verdict in verdicts)


def _arm(sender: Sender, reading: int, batch: Sequence[Ready]) -> list[Ready]:
    now = sender.clock()
    with writing(sender.engine) as connection:
        messages = [ready.message for ready in batch]
        armed = outbox.arm(connection, messages, reading=reading, id_suffix=sender.id_suffix, now=now)
        outbox.release(connection, [message for message in messages if message.id not in armed], now=now)
    return [ready.armed() for ready in batch if ready.message.id in armed]


def _record(sender: Sender, verdicts: Sequence[tuple[Ready, Verdict]], total: Dispatched) -> None:
    now = sender.clock()
    recorded = [
        (
            ready,
            Recorded(
                message=ready.message,
                verdict=verdict,
                transition=after_verdict(ready.message, verdict, now=now, spread=spread(ready.message)),
            ),
        )
        for ready, verdict in verdicts
    ]
    outcome = persistently(
        lambda: record(engine=sender.engine, recorded=recorded, unsent=NOT_TRANSMITTED, now=now)
    )
    total.sent += outcome.sent
    total.failed += outcome.failed
    total.again += outcome.again


def persistently(write: Callable[[], Tally]) -> Tally:
    """Try again for a few seconds: what the server said is known nowhere else.

    Raises the last DatabaseError; the Messages then count as transmitted without an answer.
    """
    for pause in RECORD_PAUSES:
        try:
            return write()
        except DatabaseError:
            time.sleep(pause)
    return write()


def _release(sender: Sender, messages: Sequence[Message]) -> None:
    with writing(sender.engine) as connection:
        outbox.release(connection, messages, now=sender.clock())


def spread(message: Message) -> float:
    """A number from -1 to 1 that differs between Messages and tries, the same each time it is asked."""
    return ((message.id * 2_654_435_761 + message.tries * 40_503) % 2_001) / 1_000 - 1
