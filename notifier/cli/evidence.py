"""The command `evidence import`: what a service saw of its use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.finding import list_in_force
from notifier.cli.frame import app
from notifier.cli.importing import File, read_file
from notifier.cli.opening import changing, looking
from notifier.cli.options import Now, parse_day
from notifier.cli.printing import columns, wrapped
from notifier.cli.subscribers import Yes
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.cli.opening import Look
    from notifier.core.answer import Evidence

group = typer.Typer(
    help="What the services themselves see of each vendor's use.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="evidence")

_FIRST = 5

Until = Annotated[
    date | None,
    typer.Option(
        "--until", metavar="DATE", parser=parse_day, help="The report's last day; by default today."
    ),
]


@group.command("import")
def import_evidence(
    context: typer.Context,
    *,
    file: File,
    until: Until = None,
    yes: Yes = False,
    now: Now = None,
) -> None:
    """Import what was seen, from CSV or JSON: vendor or client, change, calls, last_seen.

    Calls of a vendor's clients are added up, also from several files of the same day. A newer report takes the
    place of an older one, and a file that was imported before changes nothing.
    """
    from notifier.jobs.import_evidence import news_in, record
    from notifier.store.engine import reading

    data = read_file(file)
    with looking(context, now) as look:
        seen = _read(data, look, until)
        with reading(look.engine) as connection:
            new = news_in(connection, seen, is_dated=until is not None)
    if yes:
        with changing(context, now) as look:
            recorded = record(
                engine=look.engine,
                seen=seen,
                is_dated=until is not None,
                changes=list_in_force(look.engine),
                timing=look.timing,
                rules=look.settings.answer_rules,
                now=look.now,
            )
        print(wrapped(f"Imported {count(len(recorded.new), 'observation')}.{_rest(seen, recorded.new)}"))
        _show_doubted(recorded.doubted)
        return
    print(wrapped(f"{count(len(new), 'observation')} to import.{_rest(seen, new)}"))
    if new:
        print(columns([_row(each) for each in new[:_FIRST]], indent=2))
        print("Nothing was changed; to import it, add --yes.")


def _rest(seen: Sequence[Evidence], new: Sequence[Evidence]) -> str:
    """That some of it is no news, where it is not."""
    left = len(seen) - len(new)
    return f" Left out: {count(left, 'observation')} known already, or of an older report." if left else ""


def _read(data: bytes, look: Look, until: date | None) -> tuple[Evidence, ...]:
    from notifier.jobs.import_evidence import Known, read_evidence
    from notifier.store import vendors
    from notifier.store.engine import reading

    today = look.timing.today(look.now)
    if until is not None and until > today:
        raise UsageError(f"--until {until} has not been yet; the report's last day is today or before")
    current = list_in_force(look.engine)
    with reading(look.engine) as connection:
        known = Known(
            vendors=frozenset(each.id for each in vendors.listing(connection)),
            clients=vendors.owners_of_clients(connection),
            changes=frozenset(change.id for change in current.changes),
            today=today,
        )
    return read_evidence(data, known=known, until=until, now=look.now)


def _row(seen: Evidence) -> tuple[str, str, str]:
    return seen.vendor, seen.change_id, f"{count(seen.calls, 'call')}, the last on {seen.last_seen}"


def _show_doubted(doubted: Sequence[Evidence]) -> None:
    if doubted:
        print("These said that they are ready, and were seen using it since; they are asked anew:")
        print(columns([_row(each) for each in doubted], indent=2))
