"""The drawn timeline: days keep their order, today is always on it, and its edge can be read on a phone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.change import ChangeList, Deadline, DeadlineKind, Status
from notifier.core.text import Language
from notifier.core.when import When
from notifier.web.standing import ShownChange, shown_changes
from notifier.web.timeline import Axis, Mark, Shape, axis_ahead, axis_whole, marks
from tests.feeds.lists import OSLO, firm, list_of, one_deadline, vague

TODAY = date(2026, 11, 23)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
SPANS = st.tuples(DAYS, DAYS).map(sorted).filter(lambda days: days[0] < days[1])


def shown(changes: ChangeList) -> ShownChange:
    """The only Change of a list as it stands today."""
    (item,) = shown_changes(changes=changes, history={}, today=TODAY, language=Language.NB, zone=OSLO)
    return item


def drawn(when: When, status: Status | None = None) -> tuple[Mark | None, Axis]:
    """The mark of a Deadline with that date on an axis from today."""
    item = shown(one_deadline(when, status=status))
    axis = axis_ahead([item], TODAY)
    return next(iter(marks(item, axis)), None), axis


@settings(max_examples=60, deadline=None)
@given(days=st.lists(DAYS, max_size=6))
def test_today_and_every_day_lie_on_the_whole_axis_in_their_order(days: list[date]) -> None:
    deadlines = [
        Deadline(id=f"d{number}", kind=DeadlineKind.END, when=firm(day.isoformat()))
        for number, day in enumerate(days)
    ]
    axis = axis_whole([shown(list_of(*deadlines))] if deadlines else [], TODAY)
    places = [axis.at(day) for day in sorted([*days, TODAY])]
    assert all(0 <= place <= 100 for place in places)
    assert places == sorted(places)


@settings(max_examples=60, deadline=None)
@given(days=st.lists(DAYS, min_size=1, max_size=6))
def test_few_months_are_named_and_each_year_once(days: list[date]) -> None:
    axis = axis_whole(
        [shown(list_of(*(Deadline(id="d", kind=DeadlineKind.END, when=firm(str(day))) for day in days)))],
        TODAY,
    )
    ticks = axis.ticks
    assert len(ticks) <= 8
    assert all(tick.day.day == 1 and 0 <= tick.x <= 100 for tick in ticks)
    assert all(following.x - tick.x > 8 for tick, following in pairwise(ticks))
    years = [tick.day.year for tick in ticks if tick.names_year]
    assert years == sorted(set(years)) == sorted({tick.day.year for tick in ticks})


@settings(max_examples=60, deadline=None)
@given(span=SPANS)
def test_nothing_is_drawn_far_outside_and_every_name_stays_inside(span: list[date]) -> None:
    mark, _ = drawn(vague(f"{span[0]}..{span[1]}"))
    if mark is not None:
        assert -4 <= mark.x <= mark.x + mark.width <= 104
        assert 0 <= mark.name_at[0] <= 100


def test_a_day_is_a_point_at_the_end_of_the_way_from_today() -> None:
    mark, axis = drawn(firm("2026-12-01"))
    assert mark is not None
    assert (mark.shape, mark.width) == (Shape.DAY, 0)
    assert mark.ahead == (axis.now, mark.x)
    assert mark.x == axis.at(date(2026, 12, 1)) > axis.now


def test_a_vague_date_spans_all_the_days_it_may_fall_on() -> None:
    mark, axis = drawn(vague("2027-Q1"))
    assert mark is not None
    assert mark.shape is Shape.SPAN
    assert mark.is_tentative
    assert (mark.x, mark.x + mark.width) == pytest.approx(
        (axis.at(date(2027, 1, 1)), axis.at(date(2027, 4, 1))), abs=0.02
    )


def test_an_open_date_runs_out_of_the_drawing() -> None:
    mark, _ = drawn(vague("2027-03.."))
    assert mark is not None
    assert mark.shape is Shape.OPEN
    assert mark.x + mark.width > 100


def test_what_may_happen_any_day_has_no_way_to_it() -> None:
    mark, axis = drawn(vague("2026-H2"))
    assert mark is not None
    assert mark.ahead is None
    assert mark.x < axis.now < mark.x + mark.width


def test_what_is_unknown_or_long_past_is_not_drawn() -> None:
    assert drawn(vague("tba"))[0] is None
    assert drawn(firm("2020-01-01"))[0] is None


def test_what_lies_beyond_three_years_is_named_at_the_edge() -> None:
    mark, axis = drawn(firm("2031-01-01"))
    assert mark is not None
    assert mark.is_beyond
    assert mark.name_at == (100, "end")
    assert axis.last < TODAY + timedelta(days=4 * 365)


def test_an_axis_ahead_shows_half_a_year_at_least() -> None:
    assert axis_ahead([], TODAY).last > TODAY + timedelta(days=183)


def test_what_has_ended_has_no_way_ahead() -> None:
    mark, _ = drawn(firm("2026-12-01"), Status.WITHDRAWN)
    assert mark is not None
    assert mark.ahead is None
