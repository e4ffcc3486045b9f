"""Commands by which a person decides: approve, reject, pause, resume."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.frame import app
from notifier.cli.naming import difference_row
from notifier.cli.opening import changing
from notifier.cli.options import By, Now, parse_now, person
from notifier.cli.printing import columns, wrapped

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from notifier.store.changes import Reading

Hash = Annotated[
    str, typer.Argument(metavar="READING", help="The held reading's hash, as the Alert prints it.")
]


@app.command()
def approve(context: typer.Context, reading: Hash, by: By = None, now: Now = None) -> None:
    """Let exactly that held reading take force."""
    from notifier.jobs import decide

    with changing(context, now) as look:
        released = decide.approve(
            engine=look.engine,
            short_hash=reading,
            by=person(by),
            timing=look.timing,
            rules=look.settings.answer_rules,
            now=look.now,
        )
        print(wrapped(f"Revision {released.revision} of the list is in force. What it changed:"))
        print(_what_changed(look.engine, released) or "  no dates and no words")
        print(wrapped("Who follows it is told at the next tick."))


@app.command()
def reject(context: typer.Context, reading: Hash, by: By = None, now: Now = None) -> None:
    """Forget a held reading; nothing changes.

    The list in force stays, and the same reading is not asked about again.
    """
    from notifier.jobs import decide

    with changing(context, now) as look:
        refused = decide.reject(engine=look.engine, short_hash=reading, by=person(by), now=look.now)
    print(wrapped(f"Reading {reading} (revision {refused.revision}) is rejected; nothing was changed."))


@app.command()
def pause(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; others read it.")] = "",
    by: By = None,
    now: Now = None,
) -> None:
    """Let nothing leave, on any node.

    What falls due meanwhile waits until `notifier resume`.
    """
    from notifier.store import installation
    from notifier.store.engine import writing

    with changing(context, now) as look, writing(look.engine) as connection:
        said = installation.pause(connection, by=person(by), reason=reason or "no reason given", now=look.now)
    print(wrapped(f"Paused by {said.by}: {said.reason}. Nothing leaves until: notifier resume"))


@app.command()
def resume(
    context: typer.Context,
    told_until: Annotated[
        datetime | None,
        typer.Option(
            "--told-until",
            metavar="INSTANT",
            parser=parse_now,
            help="After a restore: what fell due by then was told by the lost database, and is not sent again.",
        ),
    ] = None,
    by: By = None,
    now: Now = None,
) -> None:
    """End the pause. It also vouches for the clock, should the daemon doubt it."""
    from notifier.logs import log
    from notifier.store import alerts, installation, restoring
    from notifier.store.engine import writing

    with changing(context, now) as look, writing(look.engine) as connection:
        told = (
            restoring.consider_told(connection, until=told_until, by=person(by), now=look.now)
            if told_until
            else 0
        )
        alerts.resolve(connection, key=restoring.ALERT, now=look.now)
        was_paused = installation.resume(connection)
        # Whoever resumes says that the time is right; the next tick compares with this one.
        installation.record_tick(connection, now=look.now)
    log("resume").info("resumed", by=person(by), was_paused=was_paused)
    if told_until:
        print(f"{told} notices count as told.")
    print("Mail leaves again." if was_paused else "Nothing was paused; mail leaves as before.")


def _what_changed(engine: Engine, released: Reading) -> str:
    from notifier.store import changes
    from notifier.store.engine import reading

    with reading(engine) as connection:
        history = changes.history(connection)
    entries = [entry for told in history.values() for entry in told if entry.revision == released.revision]
    return columns([difference_row(entry.difference) for entry in entries], indent=2)
