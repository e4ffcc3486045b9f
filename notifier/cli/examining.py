"""The command `doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from notifier.cli.frame import ATTENTION, CONFIGURATION, app
from notifier.cli.opening import current_settings, has_database
from notifier.cli.options import AsJson
from notifier.cli.printing import columns, print_json

if TYPE_CHECKING:
    from notifier.jobs.diagnosis.diagnose import Patient
    from notifier.jobs.diagnosis.finding import Finding


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is wrong, and what to do about it.

    Looks at everything that the notifier rests on.
    Changes nothing and mails nobody. Exits 0 when there are at most warnings, 1 when something will not work,
    78 when the settings cannot be read.
    """
    import uvloop

    from notifier.errors import ConfigurationError
    from notifier.jobs.diagnosis.finding import error

    try:
        patient = _patient(context)
    except ConfigurationError as wrong:
        found = [
            error("settings", problem, "mend it; nothing else can be looked at") for problem in wrong.problems
        ]
        code = CONFIGURATION
    else:
        found = uvloop.run(_diagnosed(patient))
        code = ATTENTION if any(each.level == "error" for each in found) else 0
    print_json(found_as_json(found)) if as_json else print(columns(_rows(found)))
    if code:
        raise typer.Exit(code)


def _patient(context: typer.Context) -> Patient:
    from notifier import app as wiring
    from notifier.compose.links import Links
    from notifier.jobs.diagnosis.diagnose import Patient
    from notifier.settings import find_file
    from notifier.store.engine import open_engine

    settings = current_settings(context)
    return Patient(
        settings=settings,
        settings_file=find_file(context.find_root().obj),
        engine=open_engine(settings.database_url) if has_database(settings) else None,
        channel=wiring.channel_for(settings),
        letterhead=wiring.letterhead_of(settings),
        # The real keys would be made at first use, and this changes nothing.
        links=Links(base_url=settings.base_url, keys=("doctor",)),
    )


async def _diagnosed(patient: Patient) -> list[Finding]:
    from notifier import app as wiring
    from notifier.jobs.diagnosis.diagnose import diagnose

    try:
        return [found async for found in diagnose(patient, wiring.clock())]
    finally:
        if patient.engine is not None:
            patient.engine.dispose()


def _rows(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [
        (each.level.value, each.about, f"{each.seen}\n→ {each.advice}" if each.advice else each.seen)
        for each in found
    ]


def found_as_json(found: list[Finding]) -> list[dict[str, str]]:
    """The findings for programs."""
    return [
        {"about": each.about, "level": each.level.value, "seen": each.seen, "advice": each.advice}
        for each in found
    ]
