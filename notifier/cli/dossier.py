"""The command `dossier`: prove what a vendor was told, and check such a proof."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.finding import find_change, find_vendor, list_in_force
from notifier.cli.frame import ATTENTION, app
from notifier.cli.opening import current_settings, looking
from notifier.cli.options import Now
from notifier.cli.printing import bullets, wrapped
from notifier.cli.progress import progress
from notifier.core.text import count
from notifier.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from notifier.cli.opening import Look
    from notifier.compose.voice import Voice
    from notifier.settings import Settings

_VERIFY = "verify"


@app.command()
def dossier(
    context: typer.Context,
    change_id: Annotated[str, typer.Argument(metavar="CHANGE|verify", help="The change's id, or verify.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; or the one to check.")],
    *,
    vendor_id: Annotated[str | None, typer.Option("--vendor", metavar="ID", help="The vendor's id.")] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HASH", help="With verify: the hash that was printed then."),
    ] = None,
    now: Now = None,
) -> None:
    """Prove what a vendor was told of a change.

    Every mail, when it left, what the server replied, every answer and move, as a page to read and as JSON in
    a chain of hashes. “dossier verify DIR” checks such a folder without the database.
    """
    if change_id == _VERIFY:
        _verify(context, folder, head)
    elif vendor_id is None:
        raise UsageError("name the vendor: --vendor ID")
    else:
        _write(context, folder, change_id=change_id, vendor_id=vendor_id, now=now)


def _write(
    context: typer.Context, folder: Path, *, change_id: str, vendor_id: str, now: datetime | None
) -> None:
    from notifier.jobs.dossier import write_dossier
    from notifier.settings.keys import signing_keys
    from notifier.store.engine import reading

    with looking(context, now) as look, progress("Writing", None) as advance:
        current = list_in_force(look.engine)
        change = find_change(current, change_id)
        with reading(look.engine) as connection:
            vendor = find_vendor(connection, vendor_id)
        keys = signing_keys(look.settings.state_dir)
        written = write_dossier(
            folder,
            engine=look.engine,
            changes=current,
            change=change,
            vendor=vendor,
            voice=_voice(look, keys),
            rules=look.settings.answer_rules,
            language=look.settings.ops.language,
            keys=keys,
            now=look.now,
            advance=advance,
        )
    what = f"{count(written.records, 'record')} and {count(written.mails, 'mail')}"
    print(wrapped(f"{what} are in {written.index}. Keep its last hash elsewhere:"))
    print(written.head)


def _voice(look: Look, keys: tuple[str, ...]) -> Voice:
    """Who speaks on the page, and spoke in the mails."""
    from notifier import app as wiring
    from notifier.compose.links import Links
    from notifier.compose.templates import shipped_templates
    from notifier.compose.voice import Voice

    return Voice(
        timing=look.timing,
        letterhead=wiring.letterhead_of(look.settings, keys),
        templates=shipped_templates(),
        links=Links(base_url=look.settings.base_url, keys=keys),
    )


def _verify(context: typer.Context, folder: Path, head: str | None) -> None:
    from notifier.jobs.dossier import check_dossier

    found = check_dossier(folder, keys=_keys(current_settings(context)))
    faults = [*found.faults, *([] if head in (None, found.head) else ["its last hash is another one"])]
    if found.is_sealed is False:
        faults.append("it was not written, or not left as it was written, by this installation")
    if faults:
        print(bullets(faults))
        raise typer.Exit(ATTENTION)
    sealed = (
        "and its seal is this installation's" if found.is_sealed else "its seal could not be checked here"
    )
    print(wrapped(f"Nothing was altered; {sealed}. Its last hash:"))
    print(found.head)


def _keys(settings: Settings) -> tuple[str, ...] | None:
    """The keys of this installation, None where there is none."""
    from notifier.settings.keys import signing_keys

    if not (settings.state_dir / "signing.keys").is_file():
        return None
    try:
        return signing_keys(settings.state_dir)
    except ConfigurationError:
        return None
