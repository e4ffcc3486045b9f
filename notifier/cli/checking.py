"""The command `check`: settings and list, before anybody is mailed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.frame import ATTENTION, app
from notifier.cli.naming import difference_row
from notifier.cli.opening import current_settings, has_database, looking
from notifier.cli.options import AsJson, Now
from notifier.cli.printing import bullets, columns, print_json, wrapped
from notifier.core.text import count

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.core.change import ChangeList
    from notifier.jobs.compare import Comparison
    from notifier.settings import Settings

_NEXT = {
    "unchanged": "It is the same list.",
    "baseline": "Nothing is in force yet: it becomes the baseline, which announces nothing.",
    "in force": "It would take force by itself.",
    "rejected": "This very reading was rejected, and stays so. Mend it and raise its revision.",
    "lower revision": "Its revision is lower than the other's: is it an old file? It would be ignored.",
    "edited without a new revision": "It was edited without raising its revision, so the edit would be ignored."
    " Raise `revision` by one.",
}

New = Annotated[
    Path | None,
    typer.Argument(
        metavar="NEW", exists=True, dir_okay=False, help="The list's file; by default that of the settings."
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="OLD",
        exists=True,
        dir_okay=False,
        help="Compare with this file; needs no database.",
    ),
]


@app.command()
def check(
    context: typer.Context,
    new: New = None,
    against: Against = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Validate settings and list; show what it changes.

    With a database it also says how many people each Difference would mail. Exits 1 when the list is invalid,
    would be held, or was edited without raising its revision.
    """
    from notifier import app as wiring
    from notifier.errors import ListRefusedError
    from notifier.feeds.limits import ADVICE, outgrown

    settings = current_settings(context)
    file, wall = new or settings.list_path, wiring.clock()
    try:
        read = _read(file, settings, wall)
        if against is not None:
            found = _with_file(read, against, settings, now or wall)
        elif has_database(settings):
            found = _with_database(context, read, now)
        else:
            found = None
    except ListRefusedError as error:
        if as_json:
            print_json({"valid": False, "problems": error.problems})
            raise typer.Exit(ATTENTION) from None
        raise
    large = outgrown(
        read, today=settings.timing.today(wall), zone=settings.timing.zone, base_url=settings.base_url
    )
    stale = _under_former_words(found)
    if as_json:
        print_json({**_as_json(read, found), "warnings": [*stale, *([large] if large else [])]})
    else:
        _show(file, read, found)
        for warning in stale:
            print(f"\n{wrapped(f'Beware: {warning}.')}")
        if large:
            print(f"\n{wrapped(f'Beware: {large}; {ADVICE}.')}")
    if found is not None and found.needs_attention:
        raise typer.Exit(ATTENTION)


def _under_former_words(found: Comparison | None) -> list[str]:
    from notifier.core.diff import under_former_words

    return [
        f"{each.deadline} has another date, but its stated words are still “{each.new.stated}”"
        for each in (under_former_words(found.new, found.differences) if found else ())
    ]


def _read(file: Path, settings: Settings, wall: datetime) -> ChangeList:
    from notifier.sources.file import FileSource
    from notifier.sources.parse import parse_list

    return parse_list(FileSource(file).read(), today=settings.timing.today(wall))


def _with_file(new: ChangeList, old: Path, settings: Settings, now: datetime) -> Comparison:
    from notifier.errors import ListRefusedError
    from notifier.jobs.compare import compare

    try:
        before = _read(old, settings, now)
    except ListRefusedError as error:
        raise ListRefusedError([f"in {old}: {problem}" for problem in error.problems]) from None
    return compare(
        old=before, new=new, today=settings.timing.today(now), max_people=settings.guard.max_people
    )


def _with_database(context: typer.Context, new: ChangeList, now: datetime | None) -> Comparison:
    from notifier.jobs.compare import compare_in_force

    with looking(context, now) as look:
        return compare_in_force(
            engine=look.engine,
            new=new,
            today=look.timing.today(look.now),
            max_people=look.settings.guard.max_people,
        )


def _show(file: Path, read: ChangeList, found: Comparison | None) -> None:
    deadlines = sum(1 for _ in read.deadlines())
    holds = f"{count(len(read.changes), 'change')}, {count(deadlines, 'deadline')}"
    print(wrapped(f"The settings are fine. {file} is valid: revision {read.revision}, {holds}."))
    if found is None:
        print("There is no database yet; it would become the baseline, which announces nothing.")
        return
    if found.differences and found.old is not None:
        print(f"\nDifferences, revision {found.old.revision} → {read.revision}:")
        rows = [difference_row(each, people=found.people.get(each.deadline)) for each in found.differences]
        print(columns(rows, indent=2))
    print(f"\n{wrapped(_judgement(found))}")
    if found.objections:
        print(bullets((objection.detail for objection in found.objections), indent=2))


def _judgement(found: Comparison) -> str:
    if found.finding in _NEXT:
        besides = found.objections and found.finding != "rejected"
        return _NEXT[found.finding] + (" Besides, it would be held:" if besides else "")
    people = found.people_in_all
    told = "" if people is None else f" and would mail {count(people, 'person', 'people')}"
    return f"It would be held{told}, until somebody runs: notifier approve {found.hash}"


def _as_json(read: ChangeList, found: Comparison | None) -> dict[str, Any]:
    whole: dict[str, Any] = {"valid": True, "problems": [], "revision": read.revision}
    if found is None:
        return whole
    return whole | {
        "hash": found.hash,
        "finding": found.finding,
        "against_revision": found.old.revision if found.old else None,
        "people": found.people_in_all,
        "objections": [{"rule": each.rule, "detail": each.detail} for each in found.objections],
        "differences": [
            {
                "deadline": each.deadline,
                "kind": each.kind,
                "old": each.old.written if each.old else None,
                "new": each.new.written,
                "people": found.people.get(each.deadline),
            }
            for each in found.differences
        ],
    }
