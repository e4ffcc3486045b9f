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
from notifier.core.backoff import spread_of
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

# As many are armed at once as the relay takes in this time, within the limit: should this process be killed,
# the fate of all of them is unknown, though most were not transmitted.
ARM_LIMIT = 20
ARM_SECONDS = 0.1

# No transmission begins later than this after arming, so that a relay that has become slow keeps nobody
# from stopping: the rest goes back, provably undelivered.
BATCH_SECONDS = 5.0

RECORD_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0)

# Armed, but the connection ended before its turn: provably undelivered, and no word about the relay.
NOT_TRANSMITTED = Verdict(
    fault=Fault.RELAY, phase=Phase.CONNECT, reply="the connection ended before its turn"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What dispatching needs, wired once: this node, its way out, and how a Message is composed.

    `may_receive` is the installation's allow-list, `bounce_limit` how many points against an address end
    writing to it. `clock` is asked anew for every batch.
    """

    engine: Engine
    channel: Channel
    timing: Timing
    compose: Compose
    may_receive: Callable[[str], bool]
    node: int
    id_suffix: str
    connections: int
    bounce_limit: int
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Dispatched:
    """What one run came to. The `uncomposed` were put off by a mistake of ours: a person must look."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    dropped: int = 0
    uncomposed: int = 0
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
        total.uncomposed += taken.uncomposed
        if not taken.claimed:
            total.stopped = taken.stopped
            break
        await _send_all(sender, taken, total, draining)
    return total


async def _send_all(sender: Sender, taken: Taken, total: Dispatched, draining: Callable[[], bool]) -> None:
    waiting = deque(taken.ready)
    workers = min(sender.connections, -(-len(waiting) // ARM_LIMIT))
    # Not a TaskGroup: when one connection meets trouble, what is on the wire of the others goes on to its end.
    ended = await asyncio.gather(
        *(_work(sender, taken, waiting, total, draining) for _ in range(workers)), return_exceptions=True
    )
    troubles = [trouble for trouble in ended if trouble is not None]
    if troubles:
        raise troubles[0]
    if waiting:
        await asyncio.to_thread(_release, sender, [ready.message for ready in waiting])


async def _work(
    sender: Sender, taken: Taken, waiting: deque[Ready], total: Dispatched, draining: Callable[[], bool]
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
            healthy = await _send_over(sender, line, taken, waiting, total, draining=draining)
        finally:
            await line.close()


async def _send_over(
    sender: Sender,
    line: Line,
    taken: Taken,
    waiting: deque[Ready],
    total: Dispatched,
    *,
    draining: Callable[[], bool],
) -> bool:
    """Send over one connection as long as it lasts; answers whether the relay seems well."""
    size, healthy = 1, True
    loop = asyncio.get_running_loop()
    while waiting and healthy and line.usable and not draining():
        began = loop.time()
        batch = [waiting.popleft() for _ in range(min(size, len(waiting)))]
        healthy = await _send_batch(sender, line, taken, batch, total)
        keeps_up = loop.time() - began < ARM_SECONDS
        size = min(size * 2, ARM_LIMIT) if keeps_up else max(size // 2, 1)
    return healthy


async def _send_batch(
    sender: Sender, line: Line, taken: Taken, batch: Sequence[Ready], total: Dispatched
) -> bool:
    """Arm, send and record a few Messages; answers whether the relay seems well."""
    armed = await asyncio.to_thread(_arm, sender, taken, batch)
    verdicts: list[tuple[Ready, Verdict]] = []
    loop = asyncio.get_running_loop()
    latest = loop.time() + BATCH_SECONDS
    try:
        for ready in armed:
            timely = line.usable and loop.time() < latest
            verdicts.append((ready, await line.send(ready.parcel) if timely else NOT_TRANSMITTED))
    finally:
        # Cancelled in the middle: what was sent is recorded, the rest is left to recovery.
        tally = await asyncio.shield(asyncio.to_thread(_record, sender, taken, verdicts, total))
    lost = any(verdict.fault in (Fault.RELAY, Fault.OURS, Fault.AMBIGUOUS) for _, verdict in verdicts)
    return tally.goes_on and not lost


def _arm(sender: Sender, taken: Taken, batch: Sequence[Ready]) -> list[Ready]:
    now = sender.clock()
    with writing(sender.engine) as connection:
        messages = [ready.message for ready in batch]
        armed: frozenset[int] = frozenset()
        if _still_true(sender.timing, taken.at, now):
            suffix = sender.id_suffix
            armed = outbox.arm(connection, messages, reading=taken.reading, id_suffix=suffix, now=now)
        outbox.release(connection, [message for message in messages if message.id not in armed], now=now)
    return [ready.armed() for ready in batch if ready.message.id in armed]


def _still_true(timing: Timing, then: datetime, now: datetime) -> bool:
    """Whether the days left that were composed `then` still hold, and the hours are as they were."""
    return timing.today(then) == timing.today(now) and timing.is_open(then) == timing.is_open(now)


def _record(
    sender: Sender, taken: Taken, verdicts: Sequence[tuple[Ready, Verdict]], total: Dispatched
) -> Tally:
    now = sender.clock()
    recorded = []
    for ready, verdict in verdicts:
        message = ready.message
        transition = after_verdict(
            message, verdict, now=now, spread=spread_of(message), probing=taken.probing
        )
        recorded.append((ready, Recorded(message=message, verdict=verdict, transition=transition)))
    tally = persistently(
        lambda: record(
            engine=sender.engine,
            recorded=recorded,
            unsent=NOT_TRANSMITTED,
            bounce_limit=sender.bounce_limit,
            now=now,
        )
    )
    total.sent += tally.sent
    total.failed += tally.failed
    total.again += tally.again
    return tally


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
