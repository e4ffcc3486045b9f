"""The command `readiness`: which vendors are ready for what, and who must be called."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.finding import find_change, list_in_force
from notifier.cli.frame import ATTENTION, app
from notifier.cli.opening import looking
from notifier.cli.options import AsJson, Now
from notifier.cli.printing import columns, local, print_json, wrapped
from notifier.core.stance import Doubt
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from notifier.core.curve import Curve
    from notifier.core.readiness import Contacts, Picture, VendorLine

_BAR = 30
_DOUBTS = {
    Doubt.MOVED: "the date has moved since",
    Doubt.ADDED: "a deadline was added since",
    Doubt.SLIPPED: "that day has passed",
    Doubt.TRAFFIC: "is still seen using it",
}


@app.command()
def readiness(
    context: typer.Context,
    change_id: Annotated[
        str | None, typer.Argument(metavar="CHANGE", help="One change; by default all that are open.")
    ] = None,
    *,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a line for each vendor and change.")] = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit with 1 while anybody who is affected or silent is not ready.")
    ] = False,
    now: Now = None,
) -> None:
    """Show which vendors are ready, and whom to call."""
    from notifier.jobs.readiness import pictures
    from notifier.store.engine import reading

    if as_json and as_csv:
        raise UsageError("choose either --json or --csv")
    with looking(context, now) as look:
        current = list_in_force(look.engine)
        open_ones = [each for each in current.changes if any(d.is_open for d in each.deadlines)]
        chosen = [find_change(current, change_id)] if change_id else open_ones
        with reading(look.engine) as connection:
            found = pictures(
                connection, chosen, timing=look.timing, rules=look.settings.answer_rules, now=look.now
            )
        today, zone = look.timing.today(look.now), look.timing.zone
    if as_json:
        print_json([_as_value(picture, curve, today, zone) for picture, curve in found])
    elif as_csv:
        _print_csv(found, today, zone)
    else:
        _show(found, today, zone, whole=change_id is not None)
    if gate:
        _pass_gate([picture for picture, _ in found], today)


def _pass_gate(found: Sequence[Picture], today: date) -> None:
    """Exit while anybody is not ready, or nobody is known who could be."""
    blocking = sum(len(picture.blocking(today)) for picture in found)
    if found and not any(picture.lines for picture in found):
        print("No vendors are known, so that nobody can say who is ready.", file=sys.stderr)
        raise typer.Exit(ATTENTION)
    if blocking:
        print(f"{count(blocking, 'vendor is', 'vendors are')} not ready.", file=sys.stderr)
        raise typer.Exit(ATTENTION)


def _show(found: Sequence[tuple[Picture, Curve]], today: date, zone: ZoneInfo, *, whole: bool) -> None:
    if not found:
        print("No change is open.")
    for number, (picture, curve) in enumerate(found):
        print(("\n" if number else "") + _heading(picture, curve, today))
        print(_bars(picture))
        if curve.expected is not None:
            print(wrapped(f"At the pace of late {curve.expected} of {curve.total} will be ready by then."))
        if whole:
            _show_vendors(picture, today, zone)
    if found and not whole:
        print("\nEach vendor: notifier readiness CHANGE")


def _heading(picture: Picture, curve: Curve, today: date) -> str:
    if curve.until is None:
        return f"{picture.change.id}: no date yet"
    days = (curve.until - today).days
    left = f"in {count(days, 'day')}" if days > 0 else "today" if days == 0 else "passed"
    if curve.is_over and not curve.is_exact:
        return f"{picture.change.id}: the announced time has passed, which began on {curve.until}"
    ends = "ends on" if curve.is_exact else "no day has been set; the earliest is"
    return f"{picture.change.id}: {ends} {curve.until} ({left})"


def _bars(picture: Picture) -> str:
    most = max(picture.counts().values(), default=0)
    rows = [
        (number, condition.value, "█" * max(round(number * _BAR / most), 1))
        for condition, number in picture.counts().items()
        if number
    ]
    return columns([(f"{number:>6}", name, bar) for number, name, bar in rows]) if rows else "  No vendors."


def _show_vendors(picture: Picture, today: date, zone: ZoneInfo) -> None:
    first = picture.to_call(today)
    if first:
        print("\nTo call first")
        print(
            columns([(line.name, line.condition.value, why(line, today, zone)) for line in first], indent=2)
        )
    if picture.lines:
        print("\nEvery vendor")
        print(
            columns(
                [(line.vendor_id, line.condition.value, why(line, today, zone)) for line in picture.lines],
                indent=2,
            )
        )


def why(line: VendorLine, today: date, zone: ZoneInfo) -> str:
    """What is known of a Vendor, in one line of clauses."""
    clauses = []
    answer, doubt = line.stance.answer, line.stance.doubt
    if answer is not None:
        day = f" for {answer.planned}" if answer.planned else ""
        said_on = answer.at.astimezone(zone).date()
        clauses.append(f"said {answer.kind}{day} on {said_on} ({_ago((today - said_on).days)})")
    if doubt is not None:
        clauses.append(_DOUBTS[doubt])
    if line.evidence is not None:
        clauses.append(f"{count(line.evidence.calls, 'call')} seen, the last on {line.evidence.last_seen}")
    if line.told is not None:
        reply = f" ({line.told.reply})" if line.told.reply else ""
        clauses.append(
            f"last told {local(line.told.last_at, zone)}{reply}, {count(line.told.reminders, 'reminder')}"
        )
    elif line.contacts.active:
        clauses.append("not told yet")
    clauses += _of_contacts(line.contacts)
    if line.waiting:
        clauses.append(f"{count(line.waiting, 'answer waits', 'answers wait')} for your decision")
    if line.waiver is not None:
        clauses.append(f"let off until {line.waiver.until} by {line.waiver.by}: {line.waiver.reason}")
    return "; ".join(clauses)


def _of_contacts(contacts: Contacts) -> Iterator[str]:
    """Why some of them are not mailed."""
    if contacts.paused:
        yield f"{count(contacts.paused, 'contact')} of {contacts.active} paused"
    if contacts.suspended:
        yield f"mail to {count(contacts.suspended, 'contact')} came back"
    if contacts.left:
        yield f"{count(contacts.left, 'contact')} who followed it left"


def _ago(days: int) -> str:
    return f"{count(days, 'day')} ago" if days > 0 else "today"


def _print_csv(found: Sequence[tuple[Picture, Curve]], today: date, zone: ZoneInfo) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names: Sequence[str] = ()
    for picture, _ in found:
        for line in picture.lines:
            value = {"change": picture.change.id} | _line_value(line, today, zone)
            if not names:
                names = list(value)
                writer.writerow(names)
            writer.writerow([_cell(value[name]) for name in names])


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") and not text.lstrip("-").isdigit() else text


def _as_value(picture: Picture, curve: Curve, today: date, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "change": picture.change.id,
        "until": curve.until,
        "until_is_exact": curve.is_exact,
        "expected_ready": curve.expected,
        "counts": {condition.value: number for condition, number in picture.counts().items()},
        "blocking": [line.vendor_id for line in picture.blocking(today)],
        "call_first": [line.vendor_id for line in picture.to_call(today)],
        "ready_by_day": [{"day": day, "ready": ready} for day, ready in curve.days],
        "vendors": [_line_value(line, today, zone) for line in picture.lines],
    }


def _line_value(line: VendorLine, today: date, zone: ZoneInfo) -> dict[str, Any]:
    answer, told, seen, waiver = line.stance.answer, line.told, line.evidence, line.waiver
    return {
        "vendor": line.vendor_id,
        "name": line.name,
        "condition": line.condition.value,
        "blocks": line.blocks(today),
        "answer": answer.kind.value if answer else None,
        "answered_at": answer.at if answer else None,
        "answered_days_ago": (today - answer.at.astimezone(zone).date()).days if answer else None,
        "answered_by_way": answer.way.value if answer else None,
        "planned": answer.planned if answer else None,
        "doubt": line.stance.doubt.value if line.stance.doubt else None,
        "waiting": line.waiting,
        "last_told": told.last_at if told else None,
        "reply": told.reply if told else None,
        "reminders": told.reminders if told else 0,
        "contacts": line.contacts.active,
        "paused": line.contacts.paused,
        "bounced": line.contacts.suspended,
        "left": line.contacts.left,
        "calls": seen.calls if seen else None,
        "last_seen": seen.last_seen if seen else None,
        "waived_until": waiver.until if waiver else None,
        "waived_by": waiver.by if waiver else None,
    }
