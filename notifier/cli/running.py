"""The command `run`: the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from notifier.cli.frame import app
from notifier.cli.naming import deadline_name
from notifier.cli.opening import acting
from notifier.cli.printing import bullets, columns, local
from notifier.core.text import count

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.app import Parts
    from notifier.daemon.running import Running


@app.command()
def run(context: typer.Context) -> None:
    """Run the daemon: remind, send, show the page. SIGTERM or Ctrl-C ends it in order."""
    import uvloop

    from notifier import app as wiring
    from notifier.daemon import run as daemon
    from notifier.store import installation
    from notifier.store.engine import reading

    with acting(context, None) as (parts, _):
        with reading(parts.engine) as connection:
            installation.require_live(connection)
        uvloop.run(daemon.run(parts, clock=wiring.clock, announce=_announce))


def _announce(running: Running) -> None:
    parts, now = running.parts, running.clock()
    lines = [
        ("List", _list(running)),
        ("Mail", _mail(running)),
        ("People", _people(parts)),
        ("Next", _next(running, now)),
        ("Page", f"{parts.settings.base_url}/"),
    ]
    print(columns(lines), flush=True)
    if running.refreshed is not None and running.refreshed.problems:
        print(bullets(running.refreshed.problems, indent=2), flush=True)
    print("Running; Ctrl-C stops it.", flush=True)


def _list(running: Running) -> str:
    shown, found = running.shown.changes, running.refreshed
    if shown is None or found is None:
        return f"not read: {running.disbelief}"
    deadlines = sum(1 for _ in shown.deadlines())
    has = f"{count(len(shown.changes), 'change')}, {count(deadlines, 'deadline')}"
    said = f"{running.parts.source.name}, revision {found.revision or '?'}: {found.finding}"
    if found.needs_attention:
        return f"{said}. In force is revision {shown.revision} ({has})"
    return f"{said}; {has}"


def _mail(running: Running) -> str:
    from notifier.store import installation
    from notifier.store.engine import reading

    if running.disbelief:
        return f"paused: {running.disbelief}; set the clock right, or if it is right: notifier resume"
    with reading(running.parts.engine) as connection:
        pause = installation.paused(connection)
    if pause is not None:
        return f"paused by {pause.by}: {pause.reason}; when that is done: notifier resume"
    if running.right.refusal:
        return running.right.refusal
    allowed = (
        " (mail.only_to lets it reach some addresses only)" if running.parts.settings.mail.only_to else ""
    )
    settings = running.parts.settings
    is_shown = settings.mailbox is not None and settings.is_for_this_machine_alone
    shown = f"; read it at {settings.base_url}/mail" if is_shown else ""
    return f"goes to {running.parts.channel.describe()}{allowed}{shown}"


def _people(parts: Parts) -> str:
    from notifier.core.subscription import SubscriberState
    from notifier.store import subscribers
    from notifier.store.engine import reading

    with reading(parts.engine) as connection:
        active = subscribers.count_by_state(connection).get(SubscriberState.ACTIVE, 0)
    if not active:
        return "nobody is subscribed yet; add the first with: notifier subscribers add ADDRESS"
    return f"{count(active, 'subscriber')}"


def _next(running: Running, now: datetime) -> str:
    from notifier.core.plan import upcoming

    changes, timing = running.shown.changes, running.parts.timing
    steps = upcoming(changes=changes, own=None, timing=timing, now=now) if changes else ()
    if changes is None or not steps:
        return "no reminder is ahead: no deadline of the list has a date in the future"
    change, deadline, step = steps[0]
    when = local(step.due, timing.zone)
    return f"{when}, {deadline_name(changes, change, deadline)}: {step.lead} ahead of {step.spoken}"
