"""Whether the wall clock can be believed. A wrong one would expire reminders or send them too early."""

from __future__ import annotations

from datetime import date, datetime, timedelta

BACKWARDS = timedelta(minutes=5)
FORWARDS = timedelta(minutes=10)
LONGEST_REST = timedelta(days=366)
LIST_GOES_STALE = timedelta(days=5 * 366)


def disbelief(
    now: datetime, *, last_tick: datetime | None, elapsed: timedelta | None, newest_checked: date | None
) -> str:
    """Why `now` cannot be right, in a sentence; empty when it may be.

    `last_tick` is the last instant that was believed. `elapsed` is how long ago that was by a clock that
    nobody sets (None when another process saw it). `newest_checked` is the latest day on which the list was
    verified at its sources.
    """
    if last_tick is not None and now < last_tick - BACKWARDS:
        return f"the clock says {_text(now)}, but it was {_text(last_tick)} before"
    if last_tick is not None and elapsed is not None and now > last_tick + elapsed + FORWARDS:
        return f"the clock says {_text(now)}, {now - last_tick - elapsed} more than has passed"
    if last_tick is not None and elapsed is None and now > last_tick + LONGEST_REST:
        return f"the clock says {_text(now)}, over a year after the last run at {_text(last_tick)}"
    if newest_checked is not None and now.date() < newest_checked - timedelta(days=1):
        return f"the clock says {_text(now)}, but the list was checked on {newest_checked}"
    if last_tick is None and newest_checked is not None and now.date() > newest_checked + LIST_GOES_STALE:
        return f"the clock says {_text(now)}, years after the list was last checked on {newest_checked}"
    return ""


def contradiction(now: datetime, *, server: datetime | None) -> str:
    """How `now` differs from the clock of a database server, which is another machine's, in a sentence; empty when it
    does not by more than a doubt allows, or there is no such server."""
    if server is None or -BACKWARDS <= now - server <= FORWARDS:
        return ""
    return f"the clock says {_text(now)}, but the database server's {_text(server)}"


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
