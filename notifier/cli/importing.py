"""Imports: what a CSV file would do, and with --yes doing it, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli import subscribers, vendors
from notifier.cli.opening import changing, looking
from notifier.cli.options import Now
from notifier.cli.people import followed_line
from notifier.cli.printing import columns, local, wrapped
from notifier.cli.progress import progress
from notifier.cli.subscribers import Again, Basis, Yes, default_basis, known_changes
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from notifier.cli.opening import Look
    from notifier.jobs.import_subscribers import Tally
    from notifier.store.joining import Joiner

File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file in UTF-8, with a header.")]

_FIRST = 5
_NOTHING_YET = "Nothing was changed; to import it, add --yes."
_PASSED_BY = (
    "They can subscribe again themselves. With a consent given since they left: notifier subscribers add ADDRESS"
    " --again --basis TEXT, or here --again for all of them."
)
_JOINED = {
    "new": "new; each gets a mail with where they stand",
    "again": "had left and rejoin; each gets that mail too",
    "left": "left, and are passed by",
    "already": "subscribed already; they stay as they are",
    "suspended": "suspended; they stay so",
    "suppressed": "did not ask for it or were erased; add them one by one if they want it after all",
}


@subscribers.group.command("import")
def import_subscribers(
    context: typer.Context,
    *,
    file: File,
    yes: Yes = False,
    basis: Basis = None,
    again: Again = False,
    now: Now = None,
) -> None:
    """Import subscribers from CSV: address,language,follow,exclude,vendor,leads; only address is required."""
    from notifier.jobs.import_subscribers import foresee, import_joiners
    from notifier.store.engine import reading

    data = read_file(file)
    with looking(context, now) as look:
        joiners = _joiners(data, look, basis)
        if not yes:
            with reading(look.engine) as connection:
                found = foresee(connection, joiners, pseudonyms=look.pseudonyms, again=again)
            _show_people(joiners, found, look.timing.zone)
            return
    with changing(context, now) as look, progress("Importing", len(joiners)) as advance:
        done = import_joiners(
            engine=look.engine,
            joiners=joiners,
            pseudonyms=look.pseudonyms,
            now=look.now,
            again=again,
            advance=advance,
        )
    print(f"{_imported(len(joiners), done)}\n{_told(done, look.timing.zone)}")


@vendors.group.command("import")
def import_vendors(context: typer.Context, *, file: File, yes: Yes = False, now: Now = None) -> None:
    """Import vendors from CSV: id,name,domains,clients; known ones get the file's name and domains."""
    from notifier.jobs import import_vendors as job
    from notifier.store import vendors as store
    from notifier.store.engine import reading

    many = job.read_vendors(read_file(file))
    if yes:
        with changing(context, now) as look:
            new = job.import_vendors(engine=look.engine, many=many, now=look.now)
        print(f"Imported {count(len(many), 'vendor')}, {new} of them new.")
        return
    with looking(context, now) as look, reading(look.engine) as connection:
        found = job.foresee(store.listing(connection), many)
    rows = [
        (len(found.new), f"new{_few([vendor.id for vendor in found.new])}"),
        (
            len(found.changed),
            f"get another name, domains or clients{_few([vendor.id for vendor in found.changed])}",
        ),
        (found.same, "are the same already"),
    ]
    print(f"{count(len(many), 'vendor')} to import:")
    print(columns(rows, indent=2))
    print(_NOTHING_YET)


def read_file(file: Path) -> bytes:
    """The file's bytes, no more than may be imported. Raises UsageError when it cannot be read."""
    from notifier.jobs.rows import MOST_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the file {file} cannot be read: {(error.strerror or str(error)).lower()}"
        ) from None


def _joiners(data: bytes, look: Look, basis: str | None) -> tuple[Joiner, ...]:
    from notifier.jobs.import_subscribers import read_joiners
    from notifier.store import vendors as store
    from notifier.store.engine import reading

    with reading(look.engine) as connection:
        known = [vendor.id for vendor in store.listing(connection)]
    with progress("Reading", data.count(b"\n")) as advance:
        return read_joiners(
            data,
            known=lambda: known_changes(look),
            vendors=frozenset(known),
            basis=basis or default_basis(),
            advance=advance,
        )


def _show_people(joiners: Sequence[Joiner], found: Tally, zone: ZoneInfo) -> None:
    print(f"{count(len(joiners), 'row')} to import:\n{_told(found, zone)}")
    if joiners:
        print("The first of them:")
        print(columns([_row(joiner) for joiner in joiners[:_FIRST]], indent=2))
    print(_NOTHING_YET)


def _row(joiner: Joiner) -> tuple[str, str, str]:
    from notifier.core.subscription import Followed

    follows = followed_line(Followed(joiner.topics, joiner.excluded))
    vendor = f" ({joiner.vendor})" if joiner.vendor else ""
    leads = f" at {joiner.cadence}" if joiner.cadence else ""
    return joiner.address, joiner.language.value, f"{follows}{leads}{vendor}"


def _imported(rows: int, done: Tally) -> str:
    """What came of the file: who was there before is not imported."""
    from notifier.store.joining import Joined

    came = done.counts[Joined.NEW] + done.counts[Joined.AGAIN]
    if came == rows:
        return f"Imported {count(rows, 'row')}:"
    return (
        f"Imported {came:,} of {count(rows, 'row')}:" if came else "Nobody is imported, nothing was changed:"
    )


def _told(found: Tally, zone: ZoneInfo) -> str:
    """How many rows in which way, and everybody who left by name, so that the file can be mended."""
    counts = columns([(found.counts[joined], _JOINED[joined]) for joined in found.counts], indent=2)
    if not found.left:
        return counts
    rows = [(address, f"left {local(at, zone)}") for address, at in sorted(found.left.items())]
    return f"{counts}\nPassed by:\n{columns(rows, indent=2)}\n{wrapped(_PASSED_BY)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FIRST} more" if len(names) > _FIRST else ""
    return f": {', '.join(names[:_FIRST])}{more}" if names else ""
