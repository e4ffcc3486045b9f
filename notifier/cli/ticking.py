"""The command `tick`: everything that is owed, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from notifier.cli.frame import ATTENTION, app
from notifier.cli.opening import acting, going_clock
from notifier.cli.options import Now
from notifier.cli.printing import columns, local

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.app import Parts
    from notifier.daemon.tick import Ticked


@app.command()
def tick(context: typer.Context, now: Now = None) -> None:
    """Do all that is owed once and leave.

    Reads the list, records what is due, sends what may leave. Exits 1 when something needs attention.
    """
    import uvloop

    from notifier.daemon.sending import SendingRight
    from notifier.daemon.tick import tick as one_tick

    with acting(context, now) as (parts, instant):
        with SendingRight(parts.engine) as right:
            done = uvloop.run(one_tick(parts, clock=going_clock(parts, instant), right=right))
        print(columns(_told(parts, done, instant)))
    if done.needs_attention:
        raise typer.Exit(ATTENTION)


def _told(parts: Parts, done: Ticked, now: datetime) -> list[tuple[str, str]]:
    from notifier.jobs.refresh import describe

    rows = [("Now", local(now, parts.timing.zone))]
    if done.refreshed is None or done.reminded is None:
        return [*rows, ("Nothing", f"was done: {done.disbelieved}. If it is right: notifier resume")]
    recorded, expired = done.reminded.recorded, done.reminded.expired
    late = f"; {expired} came too late and expired, see notifier why" if expired else ""
    rows += [("List", describe(done.refreshed)), ("Notices", f"{recorded} recorded{late}")]
    return [*rows, ("Messages", _sending(parts, done, now))]


def _sending(parts: Parts, done: Ticked, now: datetime) -> str:
    from notifier.core.message import MessageState
    from notifier.store import messages
    from notifier.store.engine import reading

    with reading(parts.engine) as connection:
        waiting = messages.count_by_state(connection).get(MessageState.PENDING, 0)
    sent = done.dispatched
    said = f"{sent.sent} sent, {sent.failed} failed, {waiting} waiting" if sent else f"{waiting} waiting"
    why = done.not_sending or (sent.stopped if sent else "")
    if waiting and not why:
        why = _why_waiting(parts, now)
    return f"{said}; {why}" if why else said


def _why_waiting(parts: Parts, now: datetime) -> str:
    if parts.timing.is_open(now):
        return "they are tried again a little later"
    opens = local(parts.timing.next_opening(now), parts.timing.zone)
    return f"reminders and news leave in the sending hours, from {opens}"
