"""The commands `backup` and `db`: copies of the database, and its tables' way up and down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.frame import app
from notifier.cli.opening import current_settings
from notifier.cli.options import AsJson
from notifier.cli.printing import print_json, wrapped
from notifier.errors import UsageError

db = typer.Typer(help="The database's tables: see, upgrade, downgrade.", no_args_is_help=True)
app.add_typer(db, name="db")


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file; it must not exist.")],
) -> None:
    """Copy the database while it is in use.

    On SQLite; on PostgreSQL it says how. The copy holds addresses and is readable by its owner alone.
    """
    from notifier import app as wiring
    from notifier.store.copies import make_copy

    engine = wiring.existing_database(current_settings(context))
    try:
        make_copy(engine, file, now=wiring.clock())
    finally:
        engine.dispose()
    print(wrapped(f"{file} holds everything up to now; beside it keep signing.keys of the state directory."))


@db.command()
def current(context: typer.Context, as_json: AsJson = False) -> None:
    """Show which migration the tables are at."""
    from notifier import app as wiring
    from notifier.store import migrating

    engine = wiring.existing_database(current_settings(context))
    try:
        at, newest = migrating.current(engine), migrating.newest()
    finally:
        engine.dispose()
    if as_json:
        print_json({"current": at, "newest": newest})
    else:
        print(f"The tables are at {at or 'nothing'}; this release has {newest}.")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Bring the tables to this release's form; on SQLite a copy is kept first."""
    from notifier import app as wiring
    from notifier.store import migrating

    engine = wiring.existing_database(current_settings(context))
    try:
        copy = migrating.upgrade(engine)
    finally:
        engine.dispose()
    print(wrapped(f"The tables are at {migrating.newest()}." + (f" Before them: {copy}" if copy else "")))


@db.command()
def downgrade(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="Such as 0002.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; what only newer tables hold is lost.")] = False,
) -> None:
    """Take the tables back for an older release; stop every daemon first."""
    from notifier import app as wiring
    from notifier.store import migrating
    from notifier.store.nodes import SendingLock

    engine = wiring.existing_database(current_settings(context))
    try:
        at = migrating.current(engine)
        if not yes:
            raise UsageError(
                f"the tables would go from {at} to {revision}, and what only the newer ones hold would be lost;"
                " stop every daemon, then add --yes"
            )
        if engine.dialect.name == "sqlite" and not SendingLock(engine).try_acquire():
            raise UsageError("a daemon uses this database; stop it first")
        copy = migrating.downgrade(engine, revision)
    finally:
        engine.dispose()
    print(wrapped(f"The tables are at {revision}." + (f" Before them: {copy}" if copy else "")))
