"""The command `evidence import`: what a service saw of its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from notifier.cli.finding import list_in_force
from notifier.cli.frame import app
from notifier.cli.importing import File, read_file
from notifier.cli.opening import changing, looking
from notifier.cli.options import Now
from notifier.cli.printing import columns
from notifier.cli.subscribers import Yes
from notifier.core.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.cli.opening import Look
    from notifier.core.answer import Evidence

group = typer.Typer(
    help="What the services themselves see of each vendor's use.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="evidence")

_FIRST = 5


@group.command("import")
def import_evidence(context: typer.Context, *, file: File, yes: Yes = False, now: Now = None) -> None:
    """Import what was seen, from CSV or JSON: vendor or client, change, calls, last_seen."""
    from notifier.jobs.import_evidence import record

    data = read_file(file)
    with looking(context, now) as look:
        seen = _read(data, look)
    if yes:
        with changing(context, now) as look:
            doubted = record(
                engine=look.engine,
                seen=seen,
                changes=list_in_force(look.engine),
                timing=look.timing,
                rules=look.settings.answer_rules,
                now=look.now,
            )
        print(f"Imported {count(len(seen), 'observation')}.")
        _show_doubted(doubted)
        return
    print(f"{count(len(seen), 'observation')} to import:")
    print(columns([_row(each) for each in seen[:_FIRST]], indent=2))
    print("Nothing was changed; to import it, add --yes.")


def _read(data: bytes, look: Look) -> tuple[Evidence, ...]:
    from notifier.jobs.import_evidence import Known, read_evidence
    from notifier.store import vendors
    from notifier.store.engine import reading

    current = list_in_force(look.engine)
    with reading(look.engine) as connection:
        known = Known(
            vendors=frozenset(each.id for each in vendors.listing(connection)),
            clients=vendors.owners_of_clients(connection),
            changes=frozenset(change.id for change in current.changes),
            today=look.timing.today(look.now),
        )
    return read_evidence(data, known=known, now=look.now)


def _row(seen: Evidence) -> tuple[str, str, str]:
    return seen.vendor, seen.change_id, f"{count(seen.calls, 'call')}, the last on {seen.last_seen}"


def _show_doubted(doubted: Sequence[Evidence]) -> None:
    if doubted:
        print("These said that they are ready, and were seen using it since; they are asked anew:")
        print(columns([_row(each) for each in doubted], indent=2))
