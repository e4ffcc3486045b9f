"""The command `plan`: what will be sent when, to how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.finding import NO_LIST_YET
from notifier.cli.frame import app
from notifier.cli.naming import deadline_name
from notifier.cli.opening import looking
from notifier.cli.options import AsJson, Now, parse_day
from notifier.cli.printing import columns, local, print_json, wrapped
from notifier.core.notice import PROMISES, NoticeKind
from notifier.core.text import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.core.change import ChangeList
    from notifier.jobs.forecast import Forecast, Planned

A_YEAR = timedelta(days=365)


@app.command()
def plan(
    context: typer.Context,
    until: Annotated[
        date | None,
        typer.Option("--until", metavar="DATE", parser=parse_day, help="The last day; by default in a year."),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Show what will be sent when, to how many.

    By the list in force, and with what is owed right now.
    """
    from notifier.jobs.forecast import forecast

    with looking(context, now) as look:
        last = until or look.timing.today(look.now) + A_YEAR
        end = look.timing.end_of(last)
        found = forecast(
            engine=look.engine,
            timing=look.timing,
            rules=look.settings.answer_rules,
            now=look.now,
            until=end,
        )
        if as_json:
            print_json(_as_json(found, look.now, last))
        else:
            _show(found, look.now, last, look.timing.zone)


def _show(found: Forecast, now: datetime, last: date, zone: ZoneInfo) -> None:
    if found.changes is None:
        print(NO_LIST_YET)
        return
    print(f"As of {local(now, zone)} ({zone.key}), until {last}\n")
    print("Owed now" if found.owed else "Owed now: nothing")
    if found.owed:
        print(_lines(found.owed, found.changes))
    waiting = count(found.waiting, "message")
    print(wrapped(f"In the Outbox: {waiting} waiting" + (f"; {found.held_back}" if found.held_back else "")))
    for due, planned in groupby(found.ahead, key=lambda each: each.step.due):
        print(f"\n{local(due, zone)}\n{_lines(list(planned), found.changes)}")
    if not found.ahead:
        print("\nNo reminder lies ahead: no deadline has a date in that time.")


def _lines(planned: Sequence[Planned], changes: ChangeList) -> str:
    return columns([_line(each, changes) for each in planned], indent=2)


def _line(planned: Planned, changes: ChangeList) -> tuple[str, str, str]:
    step = planned.step
    what = str(step.lead) if step.kind is NoticeKind.REMINDER else step.kind.value
    found = changes.deadline(step.deadline)
    name = deadline_name(changes, *found) if found else step.deadline
    day = f"planned for {step.spoken}" if step.kind in PROMISES else step.spoken
    spared = f" ({planned.spared:,} spared by an answer)" if planned.spared else ""
    besides = (
        " (to the other contacts of vendors that have not answered)"
        if step.kind is NoticeKind.ESCALATION
        else ""
    )
    late = " (came too late)" if planned.outcome == "expired" else ""
    return what, count(planned.people, "person", "people"), f"{name}, {day}{spared}{besides}{late}"


def _as_json(found: Forecast, now: datetime, last: date) -> dict[str, Any]:
    return {
        "now": now,
        "until": last,
        "owed": [_entry(each) for each in found.owed],
        "waiting": found.waiting,
        "held_back": found.held_back or None,
        "upcoming": [_entry(each) for each in found.ahead],
    }


def _entry(planned: Planned) -> dict[str, Any]:
    step = planned.step
    return {
        "due": step.due,
        "kind": step.kind,
        "deadline": step.deadline,
        "lead": str(step.lead) if step.lead else None,
        "date": step.spoken,
        "people": planned.people,
        "spared": planned.spared,
        "outcome": planned.outcome,
    }
