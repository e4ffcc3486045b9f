"""Local time: the instants at which reminders fall due and the hours in which mail may leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.core.cadence import DEFAULT_CADENCE, Cadence
from notifier.core.working_days import is_working_day, working_day_on_or_after, working_day_on_or_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When to speak: the list's time zone, the reminders' hour, the sending hours, the default Cadence."""

    zone: ZoneInfo
    at: time = time(8)
    opens: time = time(7)
    closes: time = time(18)
    cadence: Cadence = DEFAULT_CADENCE

    def today(self, now: datetime) -> date:
        """The local date at an instant."""
        return now.astimezone(self.zone).date()

    def instant(self, day: date, at: time) -> datetime:
        """Local date and time as UTC: an hour later where it does not exist, the first where it is twice."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The instant at which the local day is over."""
        return self.instant(day + timedelta(days=1), time(0))

    def reminder_instant(self, day: date) -> datetime:
        """When a reminder meant for `day` falls due: at the set hour, on that or the previous working day."""
        return self.instant(working_day_on_or_before(day), self.at)

    def is_open(self, now: datetime) -> bool:
        """Whether news and reminders may leave now: on a working day, within the sending hours."""
        local = now.astimezone(self.zone)
        return is_working_day(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """The first instant from now on at which `is_open` holds."""
        if self.is_open(now):
            return now
        local = now.astimezone(self.zone)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return self.instant(working_day_on_or_after(day), self.opens)
