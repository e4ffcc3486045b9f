"""Running until told to stop: the ticks, the page, the watchdog, the signals."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from notifier.app import Parts
from notifier.daemon.believing import believe
from notifier.daemon.page import Shown, page
from notifier.daemon.sending import SendingRight
from notifier.daemon.serving import Server, answering, listen, server_for
from notifier.daemon.tick import free_the_dead, plan, tell
from notifier.errors import DatabaseError, ListRefusedError
from notifier.jobs.dispatch import dispatch
from notifier.jobs.prune import prune
from notifier.jobs.refresh import Finding, Refreshed
from notifier.logs import log

TICK_SECONDS = 15
SEND_SECONDS = 3
RECOVER_SECONDS = 60
TELL_SECONDS = 30
PRUNE_SECONDS = 3600
DRAIN_SECONDS = 30
STUCK_SECONDS = 300

_log = log("daemon")


def steady() -> float:
    """Seconds by a clock that nobody sets and that also counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(slots=True)
class Running:
    """What a running daemon knows of itself.

    `moved` says when each loop last moved and `believed_at` when the wall clock was last believed, both by the
    steady clock; `disbelief` says why it is not now. `refreshed` is what the last look at the list came to.
    """

    parts: Parts
    clock: Callable[[], datetime]
    right: SendingRight
    shown: Shown
    moved: dict[str, float] = field(default_factory=dict)
    believed_at: float | None = None
    disbelief: str = ""
    refreshed: Refreshed | None = None
    stopping: bool = False
    under_way: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def believes(self) -> bool:
        """Whether the wall clock was believed at the last tick, so that there is work to do."""
        return self.believed_at is not None and not self.disbelief

    def stuck(self) -> tuple[str, ...]:
        """Loops that have not moved for five minutes."""
        now = steady()
        return tuple(name for name, at in self.moved.items() if now - at > STUCK_SECONDS)


async def run(parts: Parts, *, clock: Callable[[], datetime], announce: Callable[[Running], None]) -> None:
    """Serve and send until SIGTERM or SIGINT, then finish what is under way.

    `announce` is called once the first tick is done and the page answers. Raises ConfigurationError when the
    page's address cannot be had, ListRefusedError when no list is in force and the one there is is wrong.
    """
    with contextlib.closing(listen(parts.settings.web.bind)) as listener, SendingRight(parts.engine) as right:
        running = Running(parts=parts, clock=clock, right=right, shown=Shown())
        stop = _stop_by_signal()
        await _tick(running)
        _refuse_to_run_without_list(running)
        await _may_send(running)
        server = server_for(page(parts, clock=clock, shown=running.shown, stuck=running.stuck))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await answering(server, serving)
        scheduler = _scheduler(running)
        scheduler.start()
        watching = asyncio.create_task(_watch(running))
        announce(running)
        await asyncio.wait([asyncio.create_task(stop.wait()), serving], return_when=asyncio.FIRST_COMPLETED)
        await _drain(running, scheduler, server, serving)
        watching.cancel()


def _stop_by_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _refuse_to_run_without_list(running: Running) -> None:
    """With a list in force it goes on reminding; with none it would sit there and look alive."""
    found = running.refreshed
    if running.shown.changes is None and found is not None and found.finding is Finding.REFUSED:
        raise ListRefusedError(found.problems)


def _scheduler(running: Running) -> AsyncIOScheduler:
    scheduler = AsyncIOScheduler(timezone=UTC)
    ticks: tuple[tuple[str, Callable[[Running], Awaitable[None]], int], ...] = (
        ("tick", _tick, TICK_SECONDS),
        ("send", _send, SEND_SECONDS),
        ("recover", _recover, RECOVER_SECONDS),
        ("tell", _tell, TELL_SECONDS),
        ("prune", _prune, PRUNE_SECONDS),
    )
    for name, job, seconds in ticks:
        running.moved[name] = steady()
        # A tick that is late is still worth having, but never two at once.
        scheduler.add_job(
            _guarded(running, name, job),
            "interval",
            seconds=seconds,
            id=name,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return scheduler


def _guarded(
    running: Running, name: str, job: Callable[[Running], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """A job that fails is logged and tried at its next tick; the others go on."""

    async def once() -> None:
        if running.stopping:
            return
        task = asyncio.current_task()
        if task is not None:
            running.under_way.add(task)
            task.add_done_callback(running.under_way.discard)
        try:
            await job(running)
        except DatabaseError as error:
            _log.error("database trouble", job=name, error=str(error))
            return
        except Exception:  # noqa: BLE001 -- a fault in one job must not stop the daemon
            _log.exception("job failed", job=name)
            return
        running.moved[name] = steady()

    return once


async def _tick(running: Running) -> None:
    now = running.clock()
    since = running.believed_at
    elapsed = None if since is None else timedelta(seconds=steady() - since)
    why = await asyncio.to_thread(believe, running.parts.engine, now=now, elapsed=elapsed)
    running.disbelief = why
    if why:
        return
    running.believed_at = steady()
    running.refreshed, _ = await asyncio.to_thread(plan, running.parts, now)
    await asyncio.to_thread(running.shown.renew, running.parts.engine)


async def _send(running: Running) -> None:
    if not running.believes or not await _may_send(running):
        return
    sender = running.parts.sender(node=running.right.node, clock=running.clock)
    done = await dispatch(sender, draining=lambda: running.stopping)
    if done.sent or done.failed or done.again:
        _log.info("sent", sent=done.sent, failed=done.failed, again=done.again)


async def _may_send(running: Running) -> bool:
    """Take the right to send, or keep it. With it comes what the one before left behind."""
    node = running.right.node
    if not await asyncio.to_thread(running.right.try_acquire):
        return False
    if running.right.node != node:
        await asyncio.to_thread(free_the_dead, running.parts, running.right, running.clock())
    return True


async def _recover(running: Running) -> None:
    if running.believes and running.right.held:
        await asyncio.to_thread(running.right.beat)
        await asyncio.to_thread(free_the_dead, running.parts, running.right, running.clock())


async def _tell(running: Running) -> None:
    await tell(running.parts, running.clock())


async def _prune(running: Running) -> None:
    if running.believes:
        await asyncio.to_thread(prune, engine=running.parts.engine, now=running.clock())


async def _watch(running: Running) -> None:
    """Notice, by the steady clock, a loop that no longer moves; the health page shows the same."""
    told: set[str] = set()
    while True:
        await asyncio.sleep(10)
        stuck = set(running.stuck())
        for name in stuck - told:
            _log.error("a loop does not move", job=name, seconds=STUCK_SECONDS)
        told = stuck


async def _drain(
    running: Running, scheduler: AsyncIOScheduler, server: Server, serving: asyncio.Task[None]
) -> None:
    """Start nothing new, let what is on the wire end and be recorded, then leave."""
    _log.info("stopping")
    running.stopping = True
    scheduler.pause()
    server.end()
    if running.under_way:
        await asyncio.wait(running.under_way, timeout=DRAIN_SECONDS)
    await asyncio.wait([serving], timeout=DRAIN_SECONDS)
    scheduler.shutdown(wait=False)
    if serving.done():
        serving.result()
    _log.info("stopped")
