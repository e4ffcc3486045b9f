"""The command `publish`: everything public as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.frame import app
from notifier.cli.opening import wired
from notifier.cli.options import AsJson, Now
from notifier.cli.printing import bullets, print_json, wrapped
from notifier.core.text import count

if TYPE_CHECKING:
    from notifier.daemon.publishing import Published


@app.command()
def publish(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that a web server serves.")],
    *,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write all that is public to DIR, as files.

    Every page, calendar and list, the same bytes as the daemon serves.
    Each file appears whole. What was written before and is gone now is removed, and nothing else is touched.
    """
    from dataclasses import asdict

    import uvloop

    from notifier import app as wiring
    from notifier.daemon.page import Shown, page
    from notifier.daemon.publishing import publish as write
    from notifier.errors import UsageError
    from notifier.store import installation
    from notifier.store.engine import reading

    with wired(context) as parts:
        with reading(parts.engine) as connection:
            instant = installation.reading_now(connection, given=now, wall=wiring.clock())
        shown = Shown()
        shown.renew(parts.engine)
        if shown.changes is None:
            raise UsageError("no list is in force yet; run: notifier tick")
        site = page(parts, clock=lambda: instant, elapsed=lambda: None, shown=shown, loops=())
        done = uvloop.run(write(site, shown.changes, folder))
    if as_json:
        print_json(asdict(done))
        return
    _tell(done, folder)


def _tell(done: Published, folder: Path) -> None:
    files = count(done.files, "file")
    changed = f"{done.written} written, {done.removed} removed"
    print(wrapped(f"{files} in {folder}: {changed}, the others were the same already."))
    if done.kept:
        print(wrapped("Gone from the list, but changed since by somebody else, so they stay:"))
        print(bullets(done.kept))
