"""Running until told to stop: the ticks, the page, the watchdog, the signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from starlette.types import ASGIApp

from notifier.app import Parts
from notifier.daemon.agreeing import agree_on_keys
from notifier.daemon.loops import Loop
from notifier.daemon.memory import give_back, settle_in
from notifier.daemon.page import Shown, page
from notifier.daemon.restoring import recognise
from notifier.daemon.running import Running
from notifier.daemon.sending import SendingRight
from notifier.daemon.serving import Opened, listen, opened
from notifier.daemon.stopping import Stop, asked_or_ended, drained, stop_by_signal
from notifier.daemon.supervisor import READY, STOPPING, tell_supervisor, watch
from notifier.daemon.turns import (
    beat_outside,
    may_send,
    prune_old,
    recover,
    send,
    tell_operators,
    tick,
    watch_canary,
)
from notifier.errors import ListRefusedError
from notifier.jobs.measure import begin_counting
from notifier.jobs.refresh import Finding
from notifier.logs import log
from notifier.settings import Settings
from notifier.web.edition import AtOnce
from notifier.web.visits import Visits

if TYPE_CHECKING:
    from notifier.inbox.listener import Listener

TICK_SECONDS = 15
SEND_SECONDS = 3
RECOVER_SECONDS = 60
TELL_SECONDS = 30
PRUNE_SECONDS = 3600
BEAT_SECONDS = 60
CANARY_SECONDS = 15

# How long a loop may go without moving. A relay may take up to 15 minutes over one mail.
PATIENCE = 300
RELAY_PATIENCE = 1200

# A turn that is still at work when its time comes again is no trouble, and each loop tells of its own failures.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
logging.getLogger("apscheduler.executors.default").setLevel(logging.CRITICAL)

_log = log("daemon")


async def run(parts: Parts, *, clock: Callable[[], datetime], announce: Callable[[Running], None]) -> None:
    """Serve and send until SIGTERM or SIGINT, then finish what is under way.

    `announce` is called once the first tick is done and the page answers. Raises ConfigurationError or
    AddressUnavailableError when an address to serve at cannot be had, ListRefusedError when no list is in force and the
    one there is is wrong.
    """
    with contextlib.ExitStack() as held:
        listeners = [held.enter_context(contextlib.closing(door)) for door in _doors(parts.settings)]
        letterboxes = [held.enter_context(contextlib.closing(d)) for d in _letterboxes(parts.settings)]
        right = held.enter_context(SendingRight(parts.engine))
        running = Running(parts=parts, clock=clock, right=right, shown=Shown(), flow=parts.flow())
        running.loops = _loops(running)
        stop = stop_by_signal()
        await _begin(running)
        apps = await asyncio.to_thread(_apps, running)
        servers = [
            await opened(app, door, at_once=at_once)
            for (app, at_once), door in zip(apps, listeners, strict=True)
        ]
        inboxes = [await _receiving(running, door) for door in letterboxes]
        scheduler = _scheduler(running)
        scheduler.start()
        watching = asyncio.create_task(watch(running.loops))
        announce(running)
        tell_supervisor(READY)
        settle_in()
        give_back()
        await asked_or_ended(stop, [served.serving for served in servers])
        _log.info("stopping")
        tell_supervisor(STOPPING)
        running.stopping = True
        scheduler.pause()
        await _end(running, servers, inboxes, stop)
        scheduler.shutdown(wait=False)
        watching.cancel()
        for served in servers:
            if served.serving.done():
                served.serving.result()
        _log.info("stopped")


async def _begin(running: Running) -> None:
    """What comes before anybody is served: to know the database again, and the first tick."""
    parts = running.parts
    await asyncio.to_thread(recognise, parts.engine, state_dir=parts.settings.state_dir, now=running.clock())
    await asyncio.to_thread(agree_on_keys, parts.engine, parts.links.keys, now=running.clock())
    await tick(running)
    _refuse_to_run_without_list(running)
    await may_send(running)


async def _end(running: Running, servers: list[Opened], inboxes: list[Listener], stop: Stop) -> None:
    """Take nothing more, and wait until what is under way has ended."""
    for served in servers:
        served.end()
    closing = {asyncio.create_task(inbox.close()) for inbox in inboxes}
    await drained(stop, {*running.under_way, *closing, *(served.serving for served in servers)})


def _doors(settings: Settings) -> Iterator[socket.socket]:
    """The sockets to serve at: the page's, and the metrics' where they are wanted."""
    yield listen(settings.web.bind, key="web.bind")
    if settings.metrics.bind is not None:
        yield listen(settings.metrics.bind, key="metrics.bind")


def _letterboxes(settings: Settings) -> Iterator[socket.socket]:
    """The socket to take mail at, where any is taken."""
    if settings.inbox.bind is not None:
        yield listen(settings.inbox.bind, key="inbox.bind")


async def _receiving(running: Running, door: socket.socket) -> Listener:
    # Loaded where mail is taken, for it costs the others memory.
    from notifier.daemon.receiving import receiving

    return await receiving(
        running.parts,
        door,
        changes=lambda: running.shown.changes,
        clock=lambda: running.clock() if running.believes else None,
    )


def _apps(running: Running) -> list[tuple[ASGIApp, AtOnce | None]]:
    """What is served there, in the same order, and what of it is ready at once."""
    parts, visits = running.parts, Visits()
    pages = page(
        parts,
        clock=running.clock,
        elapsed=lambda: running.elapsed,
        shown=running.shown,
        loops=running.loops,
    )
    apps: list[tuple[ASGIApp, AtOnce | None]] = [
        (visits.counting(pages), visits.counting_at_once(pages.at_once))
    ]
    if parts.settings.metrics.bind is not None:
        # Loaded where it is asked for, for the same reason.
        from notifier.daemon.metrics import DaemonCollector, metrics_app

        collector = DaemonCollector(
            parts=parts,
            clock=running.clock,
            changes=lambda: running.shown.changes,
            loops=running.loops,
            visits=visits,
            counted=begin_counting(parts.engine),
        )
        apps.append((metrics_app(collector), None))
    return apps


def _refuse_to_run_without_list(running: Running) -> None:
    """With a list in force it goes on reminding; with none it would sit there and look alive."""
    found = running.refreshed
    if running.shown.changes is None and found is not None and found.finding is Finding.REFUSED:
        raise ListRefusedError(found.problems)


def _loops(running: Running) -> tuple[Loop, ...]:
    jobs: tuple[tuple[str, int, int, Callable[[Running], Awaitable[None]]], ...] = (
        ("tick", TICK_SECONDS, PATIENCE, tick),
        ("send", SEND_SECONDS, RELAY_PATIENCE, send),
        ("recover", RECOVER_SECONDS, PATIENCE, recover),
        ("tell", TELL_SECONDS, RELAY_PATIENCE, tell_operators),
        ("prune", PRUNE_SECONDS, PATIENCE, prune_old),
        ("beat", BEAT_SECONDS, PATIENCE, beat_outside),
        ("canary", CANARY_SECONDS, RELAY_PATIENCE, watch_canary),
    )
    return tuple(
        Loop(name=name, every=every, patience=patience, job=partial(job, running))
        for name, every, patience, job in jobs
    )


def _scheduler(running: Running) -> AsyncIOScheduler:
    scheduler = AsyncIOScheduler(timezone=UTC)
    for loop in running.loops:
        loop.move()
        # A tick that is late is still worth having, but never two at once.
        scheduler.add_job(
            partial(_turn, running, loop),
            "interval",
            seconds=loop.every,
            id=loop.name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return scheduler


async def _turn(running: Running, loop: Loop) -> None:
    """One turn, among those that a stop waits for."""
    if running.stopping:
        return
    task = asyncio.current_task()
    if task is not None:
        running.under_way.add(task)
        task.add_done_callback(running.under_way.discard)
    await loop.turn(running.clock())
