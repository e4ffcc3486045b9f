"""What each loop of the daemon does at one turn. Where the clock is not believed, nothing is decided by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from notifier.daemon.believing import believe, others_go_on
from notifier.daemon.loops import steady
from notifier.daemon.page import health_of
from notifier.daemon.restoring import remember
from notifier.daemon.running import Running
from notifier.daemon.tick import free_the_dead, plan, prune_all, report_weekly, tell
from notifier.jobs import canary
from notifier.jobs.beat import beat
from notifier.jobs.canary import Aviary
from notifier.jobs.dispatch import dispatch
from notifier.jobs.refresh import Refreshed
from notifier.jobs.remind import Reminded
from notifier.logs import log

_log = log("daemon")


async def tick(running: Running) -> None:
    """Look at the clock and the list, and record what is owed."""
    now, at = running.clock(), steady()
    engine, node = running.parts.engine, running.right.node
    why = await asyncio.to_thread(believe, engine, now=now, elapsed=running.elapsed, node=node)
    running.disbelief = why
    if why:
        return
    running.believed, running.believed_at = now, at
    before = running.refreshed
    refreshed, reminded = await asyncio.to_thread(plan, running.parts, now)
    running.refreshed = refreshed
    _log_planned(before, refreshed, reminded)
    await asyncio.to_thread(running.shown.renew, running.parts.engine)
    state_dir = running.parts.settings.state_dir
    await asyncio.to_thread(remember, running.parts.engine, state_dir=state_dir, now=now)


def _log_planned(before: Refreshed | None, found: Refreshed, reminded: Reminded) -> None:
    """What is as it was at the last tick is not said again."""
    if before is None or (before.finding, before.revision) != (found.finding, found.revision):
        _log.info("list read", finding=found.finding.value, revision=found.revision)
    if reminded.recorded or reminded.expired:
        _log.info("planned", notices=reminded.recorded, expired=reminded.expired)


async def send(running: Running) -> None:
    """Send what may leave, as long as there is something."""
    if not running.believes or not await may_send(running):
        return
    sender = running.parts.sender(node=running.right.node, clock=running.clock, flow=running.flow)
    try:
        done = await dispatch(sender, draining=partial(_draining, running))
    except Exception:
        # Whatever it was, nothing stays claimed by a node that lives on and has forgotten of it.
        await asyncio.to_thread(running.right.begin_anew)
        raise
    if done.sent or done.failed or done.again or done.uncomposed:
        again = done.again + done.uncomposed
        _log.info("sent", sent=done.sent, failed=done.failed, again=again)


def _draining(running: Running) -> bool:
    """Whether to begin nothing new; asked before each batch, which shows that sending moves."""
    running.loop("send").move()
    return running.stopping or not running.believes


async def may_send(running: Running) -> bool:
    """Take the right to send, or keep it. With it comes what the one before left behind."""
    node = running.right.node
    if not await asyncio.to_thread(running.right.try_acquire):
        return False
    if running.right.node != node:
        await asyncio.to_thread(free_the_dead, running.parts, running.right, running.clock())
    return True


async def recover(running: Running) -> None:
    """Show that this node lives, and take back what dead ones left."""
    await asyncio.to_thread(running.right.beat, doubt=running.disbelief)
    if running.believes and running.right.held:
        await asyncio.to_thread(free_the_dead, running.parts, running.right, running.clock())


async def tell_operators(running: Running) -> None:
    """Tell operators what they must know, and once a week who is ready.

    By a clock in doubt only where no other node can do it.
    """
    engine, node = running.parts.engine, running.right.node
    in_doubt = bool(running.disbelief)
    if in_doubt and await asyncio.to_thread(others_go_on, engine, node=node):
        return
    await tell(running.parts, running.clock())
    if running.believes and running.right.held:
        await report_weekly(running.parts, running.clock())


async def beat_outside(running: Running) -> None:
    """Silence is what rings, so nothing is said while something is wrong."""
    address = running.parts.settings.heartbeat
    if address is None:
        return
    health = await asyncio.to_thread(health_of, running.parts, running.clock(), running.loops)
    if health.ready:
        await asyncio.to_thread(beat, address)


async def watch_canary(running: Running) -> None:
    """Let a mail fly that must come back."""
    settings = running.parts.settings
    aviary = Aviary(
        address=settings.canary.address,
        within=timedelta(minutes=settings.canary.within),
        sender=settings.sender,
        mailbox=running.parts.letterhead.mailbox,
    )
    if running.believes:
        await canary.watch_canary(
            engine=running.parts.engine, channel=running.parts.channel, aviary=aviary, now=running.clock()
        )


async def prune_old(running: Running) -> None:
    """Forget what serves nobody any more."""
    if running.believes:
        await asyncio.to_thread(prune_all, running.parts, running.clock())
