"""The Curve: how many Vendors were ready day by day, and how many will be, at the pace of the last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from notifier.core.answer import Answer, AnswerKind, AnswerState
from notifier.core.change import Change
from notifier.core.timing import Timing
from notifier.core.when import When

# So far back goes the pace that says where the answers point.
PACE_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How many of all Vendors were ready at the end of each day, and how many will be at the pace of late.

    `days` go from the first Answer's to today's, ready ones beside each. `expected` is the number on
    `until`, the first day gone; None without a date or before there is a pace. Where no day was set, `until` is the
    earliest that is possible and not `is_exact`.
    """

    days: tuple[tuple[date, int], ...]
    total: int
    until: date | None
    expected: int | None
    is_exact: bool


def curve_of(
    answers: Iterable[Answer], *, change: Change, ready_now: int, total: int, timing: Timing, today: date
) -> Curve:
    """The Curve of the Vendors' Answers on one Change, as they counted at the time.

    `ready_now` is how many are ready today, without those whose Answer is in doubt.
    """
    counting = sorted(
        (answer for answer in answers if answer.state is AnswerState.COUNTS and answer.party.vendor),
        key=lambda answer: answer.id,
    )
    ready: dict[str, bool] = {}
    by_day: dict[date, int] = {}
    for answer in counting:
        ready[answer.party.vendor] = answer.kind in (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)
        by_day[timing.today(answer.at)] = sum(ready.values())
    if by_day:
        by_day[today] = ready_now
    days = _filled(by_day, today)
    last = _last_date(change)
    until = last.earliest if last else None
    return Curve(
        days=days,
        total=total,
        until=until,
        expected=_expected(days, total, until, today),
        is_exact=last is not None and last.is_exact,
    )


def _filled(by_day: Mapping[date, int], today: date) -> tuple[tuple[date, int], ...]:
    """Every day from the first to today, each with the last number up to then."""
    if not by_day:
        return ()
    days: list[tuple[date, int]] = []
    number, day = 0, min(by_day)
    while day <= today:
        number = by_day.get(day, number)
        days.append((day, number))
        day += timedelta(days=1)
    return tuple(days)


def _last_date(change: Change) -> When | None:
    """The last date of what is still open: by then all must be ready."""
    dated = [d.when for d in change.deadlines if d.is_open and d.when.earliest is not None]
    return max(dated, key=lambda when: when.earliest or date.min, default=None)


def _expected(days: Sequence[tuple[date, int]], total: int, until: date | None, today: date) -> int | None:
    if until is None or not days or until < today:
        return None
    ahead = (until - today).days
    ready = days[-1][1]
    before = days[-PACE_DAYS - 1][1] if len(days) > PACE_DAYS else 0
    span = min(PACE_DAYS, len(days))
    return max(0, min(total, ready + round((ready - before) * ahead / span)))
