"""The Curve: how many Vendors were ready day by day, and how many will be, at the pace of the last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from notifier.core.answer import Answer, AnswerState, Evidence
from notifier.core.change import Change
from notifier.core.past import Past, past_of
from notifier.core.stance import Circumstances, last_that_counts, stance_of
from notifier.core.when import When

# So far back goes the pace that says where the answers point.
PACE_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How many of all Vendors were ready at the end of each day, and how many will be at the pace of late.

    `days` go from the first Answer's to today's, ready ones beside each, by what was known on that day: an Answer
    that was in doubt later counts until then. `expected` is the number on `until`, the first day gone; None without a
    date or before there is a pace. Where no day was set, `until` is the earliest that is possible and not `is_exact`;
    `is_over` once the latest is past as well.
    """

    days: tuple[tuple[date, int], ...]
    total: int
    until: date | None
    expected: int | None
    is_exact: bool
    is_over: bool = False


def curve_of(
    answers: Iterable[Answer],
    *,
    change: Change,
    seen: Mapping[str, Sequence[Evidence]],
    total: int,
    circumstances: Circumstances,
) -> Curve:
    """The Curve of the Vendors' Answers on one Change.

    `seen` is all the Evidence on it by Vendor, as it came in; of `circumstances` what is true of any day.
    """
    theirs: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.state is AnswerState.COUNTS and answer.party.vendor:
            theirs.setdefault(answer.party.vendor, []).append(answer)
    past, today = past_of(change, circumstances.history, circumstances.timing), circumstances.today
    steps: dict[date, int] = {}
    for vendor, given in theirs.items():
        for day, step in _steps(given, seen.get(vendor, ()), past, circumstances):
            steps[day] = steps.get(day, 0) + step
    days = _filled(steps, today)
    last = _last_date(change)
    until = last.earliest if last else None
    return Curve(
        days=days,
        total=total,
        until=until,
        expected=_expected(days, total, until, today),
        is_exact=last is not None and last.is_exact,
        is_over=last is not None and last.latest is not None and last.latest < today,
    )


def _steps(
    given: Sequence[Answer], seen: Sequence[Evidence], past: Past, circumstances: Circumstances
) -> Iterator[tuple[date, int]]:
    """On which days one Vendor became ready (1), or was so no longer (-1); 0 on that of its first Answer."""
    timing, today = circumstances.timing, circumstances.today
    said = [(min(timing.today(_counts_since(answer)), today), answer) for answer in given]
    shown = [(min(timing.today(each.at), today), each) for each in seen]
    first = min(day for day, _ in said)
    met = {day for day, _ in (*said, *shown)} | {min(turn, today) for turn in past.turns}
    yield first, 0
    was_ready = False
    for day in sorted(day for day in met if day >= first):
        known = past.on(day) if day < today else past.stages[-1]
        last_seen = [each for on, each in shown if on <= day][-1:]
        then = replace(
            circumstances,
            history=known.history,
            evidence={(each.vendor, each.change_id): each for each in last_seen},
            today=day,
        )
        answer = last_that_counts(answer for on, answer in said if on <= day)
        is_ready = stance_of(answer, change=known.change, circumstances=then).is_settled
        yield day, is_ready - was_ready
        was_ready = is_ready


def _counts_since(answer: Answer) -> datetime:
    """One that waited for operators counts from their decision on."""
    return answer.decided_at or answer.at


def _filled(steps: Mapping[date, int], today: date) -> tuple[tuple[date, int], ...]:
    """Every day from the first to today, each with what all steps up to then add up to."""
    days: list[tuple[date, int]] = []
    number, day = 0, min(steps, default=today + timedelta(days=1))
    while day <= today:
        number += steps.get(day, 0)
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
