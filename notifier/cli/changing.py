"""The commands `changes list`, `changes show` and `changes history`: the list as the system sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.entries import change_entry, held_entry, history_entry, texts_entry
from notifier.cli.finding import NO_LIST_YET, any_list_in_force, find_change, list_in_force
from notifier.cli.frame import app
from notifier.cli.naming import change_name, date_text, dates_text
from notifier.cli.opening import Look, looking
from notifier.cli.options import AsJson, ChangeId, Now
from notifier.cli.printing import bullets, columns, local, print_json, wrapped

if TYPE_CHECKING:
    from datetime import date

    from notifier.core.change import Change, Deadline
    from notifier.core.history import Entry
    from notifier.store.changes import Reading

changes = typer.Typer(help="The list as the system sees it.", no_args_is_help=True)
app.add_typer(changes, name="changes")


@changes.command(name="list")
def show_all(context: typer.Context, as_json: AsJson = False, now: Now = None) -> None:
    """List every Change in force with its Deadlines.

    Held readings stand first.
    """
    with looking(context, now) as look:
        current = any_list_in_force(look.engine)
        held = _held(look)
        if as_json:
            listed = [change_entry(change) for change in current.changes] if current else []
            held_entries = [held_entry(reading) for reading in held]
            revision = current.revision if current else None
            print_json({"revision": revision, "held": held_entries, "changes": listed})
            return
        _show_held(held)
        if current is None:
            print(NO_LIST_YET)
            return
        print(f"In force: revision {current.revision}")
        for change in current.changes:
            print(f"\n{change_name(current, change)}  [{change.id}]")
            print(
                columns(
                    [_deadline_row(each, look.timing.today(look.now)) for each in change.deadlines], indent=2
                )
            )


@changes.command()
def show(context: typer.Context, change: ChangeId, as_json: AsJson = False, now: Now = None) -> None:
    """Show one Change: its Deadlines, its texts and its source."""
    with looking(context, now) as look:
        current = list_in_force(look.engine)
        found = find_change(current, change)
        if as_json:
            print_json(change_entry(found) | texts_entry(found))
            return
        _show_held(_held(look))
        print(change_name(current, found))
        print(
            columns([_deadline_row(each, look.timing.today(look.now)) for each in found.deadlines], indent=2)
        )
        print()
        print(columns(_details(found)))


@changes.command()
def history(
    context: typer.Context,
    change: Annotated[str | None, typer.Argument(metavar="CHANGE", help="Only this change.")] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Tell every date that was ever in force."""
    from notifier.store import changes as stored
    from notifier.store.engine import reading

    with looking(context, now) as look:
        if change is not None:
            find_change(list_in_force(look.engine), change)
        with reading(look.engine) as connection:
            told = [entry for entries in stored.history(connection).values() for entry in entries]
    chosen = [entry for entry in told if change in (None, entry.difference.change_id)]
    chosen.sort(key=lambda entry: (entry.at, entry.revision))
    if as_json:
        print_json([history_entry(entry) for entry in chosen])
    elif chosen:
        print(columns([_history_row(entry, look) for entry in chosen]))
    else:
        print("Nothing has taken force yet.")


def _held(look: Look) -> list[Reading]:
    from notifier.store import changes as stored
    from notifier.store.engine import reading

    with reading(look.engine) as connection:
        return [found for found in stored.readings(connection) if found.state is stored.ReadingState.HELD]


def _show_held(held: list[Reading]) -> None:
    from notifier.store.changes import short

    for reading in held:
        digest = short(reading.hash)
        print(
            wrapped(
                f"HELD: reading {digest} (revision {reading.revision}). It changes nothing until somebody decides:"
            )
        )
        print(bullets(reading.objections, indent=2))
        print(f"  notifier approve {digest}   or   notifier reject {digest}\n")


def _deadline_row(deadline: Deadline, today: date) -> tuple[str, str]:
    from notifier.core.dates import ends_text
    from notifier.core.text import Language

    words = ends_text(deadline.when, Language.EN, kind=deadline.told_as)
    if deadline.status:
        words = f"{deadline.status} (was {date_text(deadline.when)})"
    elif deadline.when.latest is not None and deadline.when.latest < today:
        words += "; PASSED, and the list does not say how it ended"
    title = f"{deadline.title.en}: " if deadline.title else ""
    return deadline.id, f"{title}{words}"


def _details(change: Change) -> list[tuple[str, str]]:
    rows = [
        ("Id", change.id),
        ("Summary", change.summary.en),
        ("Affects", change.affects.en),
        ("Action", change.action.en),
        ("Source", " ".join(part for part in (change.source.document, change.source.url) if part)),
        ("Checked", str(change.checked)),
    ]
    return [*rows, ("Contact", change.contact)] if change.contact else rows


def _history_row(entry: Entry, look: Look) -> tuple[str, str, str]:
    told = "" if entry.news else " (told to nobody)"
    what = f"{entry.difference.deadline}\n{dates_text(entry.difference)}{told}"
    return f"{local(entry.at, look.timing.zone)}  rev {entry.revision}", entry.difference.kind.value, what
