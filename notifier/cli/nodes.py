"""The command `nodes`: which processes are at work on this database, and which of them send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from notifier.cli.frame import app
from notifier.cli.opening import looking
from notifier.cli.options import AsJson, Now
from notifier.cli.printing import columns, local, print_json

if TYPE_CHECKING:
    from notifier.store.nodes import Node


@app.command()
def nodes(context: typer.Context, as_json: AsJson = False, now: Now = None) -> None:
    """List the nodes, and which of them send.

    Of each its name and release, since when it runs and when it was last seen.
    One that ended in order is not listed any more; one that died is silent, and forgotten after a day.
    """
    from notifier.store import nodes as stored
    from notifier.store.engine import reading

    with looking(context, now) as look:
        with reading(look.engine) as connection:
            found = stored.listing(connection)
        if as_json:
            print_json([_entry(node) for node in found])
        elif found:
            zone = look.timing.zone
            print(
                columns(
                    [
                        (
                            node.name,
                            node.version,
                            f"since {local(node.started, zone)}",
                            f"seen {local(node.seen, zone)}",
                            _standing(node),
                        )
                        for node in found
                    ]
                )
            )
        else:
            print("No node is at work. Start one with: notifier run")


def _standing(node: Node) -> str:
    if node.is_silent:
        return (
            f"silent for {node.silent / 60:.0f} minutes; what it had claimed goes to others once it is dead"
        )
    return f"does not send: {node.standing}" if node.standing else "sends"


def _entry(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "version": node.version,
        "started": node.started,
        "seen": node.seen,
        "silent": node.is_silent,
        "sends": not node.standing and not node.is_silent,
        "why_not": node.standing or None,
    }
