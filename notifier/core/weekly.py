"""The weekly report: when it is due, once in each ISO week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from notifier.core.timing import Timing
from notifier.core.working_days import working_day_on_or_after


def week_of(day: date) -> str:
    """The ISO 8601 week of a day: `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def due_week(now: datetime, timing: Timing) -> str | None:
    """The week whose report is due by now: from the reminders' hour on its first working day.

    Within the sending hours only, and in none of a week without a working day.
    """
    today = timing.today(now)
    first = working_day_on_or_after(today - timedelta(days=today.weekday()))
    is_due = week_of(first) == week_of(today) and now >= timing.reminder_instant(first)
    return week_of(today) if is_due and timing.is_open(now) else None
