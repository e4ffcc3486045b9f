"""The command `simulate`: play days to come, or gone by, without mailing anybody."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.frame import app
from notifier.cli.opening import looking
from notifier.cli.options import parse_day, understood
from notifier.cli.printing import columns, local
from notifier.cli.progress import progress
from notifier.core.rhythm import Rhythm, default_rhythm, parse_rhythm
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.core.timing import Timing
    from notifier.daemon.simulating import Simulation

MOST_TICKS = 50_000
ONE_DAY = timedelta(days=1)

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Where to write; by default a folder in the state directory."),
]
First = Annotated[date, typer.Option("--from", metavar="DATE", parser=parse_day, help="The first day.")]
Last = Annotated[date, typer.Option("--to", metavar="DATE", parser=parse_day, help="The last day.")]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="RHYTHM",
        help="How often to tick: daily@08:05, 15min, 2h; by default daily, a little after reminders are due.",
    ),
]


@app.command()
def simulate(
    context: typer.Context,
    folder: Folder = None,
    *,
    first: First,
    last: Last,
    every: Every = None,
) -> None:
    """Play time through; write every mail to come.

    Runs the real engine over a scratch copy with a moving clock, and writes a page to browse the mails.
    """
    import uvloop

    from notifier.daemon.album import write_album
    from notifier.daemon.simulating import play, set_up
    from notifier.jobs.exhibit import SCRATCH, open_folder
    from notifier.logs import start_logging
    from notifier.store import installation
    from notifier.store.engine import reading

    if last < first:
        raise UsageError(f"--to {last} is before --from {first}")
    with looking(context, None) as look:
        # What the engine would log stands on the page, and would tear the progress bar.
        start_logging(form=look.settings.log.format, level="error")
        rhythm = understood(parse_rhythm, every) if every else default_rhythm(look.timing)
        with reading(look.engine) as connection:
            lived = installation.last_tick(connection)
        ticks = _ticks(rhythm, first, last, look.timing, lived)
        target = folder or look.settings.state_dir / "simulations" / f"{first}..{last}"
        simulation = set_up(
            look.settings,
            real=look.engine,
            mails=open_folder(target),
            scratch=target / SCRATCH,
            begin=look.timing.end_of(first - ONE_DAY),
        )
    with progress("Simulating", len(ticks)) as advance:
        uvloop.run(play(simulation, ticks, advance=advance))
    index = write_album(simulation, target, first=first, last=last, end=ticks[-1])
    simulation.parts.engine.dispose()
    print(columns(_told(simulation, index)))


def _ticks(rhythm: Rhythm, first: date, last: date, timing: Timing, lived: datetime | None) -> list[datetime]:
    """Every tick; also those from where the database stands to the first day, lest their mails pile up on it."""
    since = timing.today(lived) if lived else first
    before = rhythm.instants(first=since, last=first - ONE_DAY, timing=timing)
    ticks: list[datetime] = []
    for instant in chain(before, rhythm.instants(first=first, last=last, timing=timing)):
        if instant >= timing.end_of(first - ONE_DAY) or (lived and instant > lived):
            ticks.append(instant)
        if len(ticks) > MOST_TICKS:
            raise UsageError(f"that is more than {MOST_TICKS:,} ticks; choose fewer days, or tick less often")
    return ticks


def _told(simulation: Simulation, index: Path) -> list[tuple[str, str]]:
    samples = "nobody is subscribed yet, so one sample in each language follows everything"
    people = count(simulation.people, "active subscriber")
    rows = [
        ("Mails", f"{len(simulation.channel.kept):,}"),
        ("People", samples if simulation.has_samples else people),
        ("Alerts", f"{len(simulation.raised):,}"),
        ("Ticks", f"{simulation.ticks:,}"),
    ]
    if simulation.overlap:
        when = local(simulation.overlap, simulation.parts.timing.zone)
        rows.append(("Note", f"the database had lived until {when}; what was sent by then is not sent again"))
    return [*rows, ("Browse", str(index.resolve()))]
