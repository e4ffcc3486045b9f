"""Dates as they are announced: read, bounded, compared."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.when import Certainty, Precision, When, parse_when
from tests.core.lists import DAYS, WHENS, WRITTEN, a_when


@pytest.mark.parametrize(
    ("written", "earliest", "latest", "precision"),
    [
        ("2026-12-01", date(2026, 12, 1), date(2026, 12, 1), Precision.DAY),
        ("2028-02-29", date(2028, 2, 29), date(2028, 2, 29), Precision.DAY),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), Precision.MONTH),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), Precision.MONTH),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), Precision.QUARTER),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), Precision.QUARTER),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), Precision.HALF),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31), Precision.HALF),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), Precision.YEAR),
        ("2026-01-10..2026-02-05", date(2026, 1, 10), date(2026, 2, 5), Precision.SPAN),
        ("2026-Q1..2026-Q2", date(2026, 1, 1), date(2026, 6, 30), Precision.SPAN),
        ("2026-12-24..2027-01", date(2026, 12, 24), date(2027, 1, 31), Precision.SPAN),
        ("2026-03..", date(2026, 3, 1), None, Precision.OPEN),
        ("tba", None, None, Precision.TBA),
    ],
)
def test_every_form_of_a_date_has_its_first_and_last_day(
    written: str, earliest: date | None, latest: date | None, precision: Precision
) -> None:
    when = parse_when(written, certainty=Certainty.TENTATIVE, stated="i 2026")
    assert (when.earliest, when.latest, when.precision) == (earliest, latest, precision)
    assert (when.certainty, when.stated) == (Certainty.TENTATIVE, "i 2026")


@given(WHENS)
def test_what_is_written_reads_back_as_the_same_date(when: When) -> None:
    assert parse_when(when.written, certainty=when.certainty, stated=when.stated) == when


@given(WRITTEN, st.sampled_from([" ", "\n", "\t "]))
def test_space_around_a_date_is_not_part_of_it(written: str, space: str) -> None:
    assert parse_when(f"{space}{written}{space}") == parse_when(written)


@given(WHENS)
def test_no_window_ends_before_it_begins(when: When) -> None:
    assert when.earliest is None or when.latest is None or when.earliest <= when.latest


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_a_month_ends_on_its_last_day(year: int, month: int) -> None:
    when = parse_when(f"{year}-{month:02}")
    assert when.latest == date(year, month, calendar.monthrange(year, month)[1])


@given(st.integers(2000, 2099))
def test_quarters_and_halves_fill_their_year_without_a_gap(year: int) -> None:
    for names in (("Q1", "Q2", "Q3", "Q4"), ("H1", "H2")):
        parts = [parse_when(f"{year}-{name}") for name in names]
        assert (parts[0].earliest, parts[-1].latest) == (date(year, 1, 1), date(year, 12, 31))
        for one, following in pairwise(parts):
            assert one.latest is not None
            assert following.earliest == one.latest + timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is not a date; write 2026-12-01"),
        ("soon", "is not a date; write 2026-12-01"),
        ("TBA", "is not a date"),
        ("1.12.2026", "is not a date"),
        ("2026-1-1", "is not a date"),
        ("2026-12-01T08:00", "is not a date"),
        ("2026-Q5", "is not a date"),
        ("2026-H3", "is not a date"),
        ("..2026", "is not a date"),
        ("2026...2027", "is not a date"),
        ("2026-Q1..2026-Q2..2026-Q3", "is not a date"),
        ("２０２６-12-01", "is not a date"),
        ("2026-13", "is not a day that exists in the calendar"),
        ("2026-00", "is not a day that exists in the calendar"),
        ("2027-02-29", "is not a day that exists in the calendar"),
        ("2026-11-31", "is not a day that exists in the calendar"),
        ("1999-12-31", "its year must be 2000 to 2099"),
        ("2100-01-01", "its year must be 2000 to 2099"),
        ("2126-12-01", "its year must be 2000 to 2099"),
        ("0000", "its year must be 2000 to 2099"),
        ("2026-Q2..2026-Q1", "ends before it begins"),
        ("2026-12-01..2026-12-01", "begins and ends alike; write 2026-12-01"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_when(written)


@given(st.text(alphabet="0123456789-.QHtba ", max_size=24))
def test_any_text_is_read_or_refused_with_a_sentence_that_quotes_it(text: str) -> None:
    try:
        answer = f"“{parse_when(text).written}”"
    except ValueError as refusal:
        answer = str(refusal)
    assert "“" in answer
    assert answer.partition("“")[2].partition("”")[0] in text


@pytest.mark.parametrize(
    ("written", "is_long"),
    [
        ("2026-12-01", False),
        ("2026-12", False),
        ("2026-12-01..2026-12-31", False),
        ("2026-12-01..2027-01-01", True),
        ("2026-Q4", True),
        ("2026-12-01..", True),
        ("tba", False),
    ],
)
def test_a_window_is_long_from_32_days_on(written: str, is_long: bool) -> None:
    assert a_when(written).is_long_window is is_long


@given(DAYS)
def test_only_a_single_day_is_exact(day: date) -> None:
    assert a_when(day.isoformat()).is_exact
    assert not a_when(f"{day}..").is_exact
    assert not a_when(f"{day}..{day + timedelta(days=1)}").is_exact


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        ("2026-05-04", "2026-Q2", True),
        ("2026-Q2", "2026-04..2026-06", True),
        ("2026-Q2", "2026-03..", True),
        ("2026-04..", "2026-03..", True),
        ("2026-03..", "2026-Q2", False),
        ("2026-H1", "2026-Q2", False),
        ("2026-07-01", "2026-Q2", False),
        ("tba", "2026", False),
        ("2026", "tba", False),
    ],
)
def test_a_window_lies_within_another_or_not(inner: str, outer: str, inside: bool) -> None:
    assert a_when(inner).lies_within(a_when(outer)) is inside


@given(WHENS, WHENS)
def test_two_windows_within_each_other_have_the_same_days(one: When, other: When) -> None:
    both = one.lies_within(other) and other.lies_within(one)
    assert both == (one.is_set and one.same_days(other))
