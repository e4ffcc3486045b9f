"""Leads: how they are written, counted back from a day, and ordered."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.cadence import DEFAULT_CADENCE, Cadence, Lead, parse_cadence, parse_lead
from tests.core.lists import CADENCES, DAYS, LEADS


@pytest.mark.parametrize(
    ("lead", "day", "before"),
    [
        ("0d", date(2026, 12, 1), date(2026, 12, 1)),
        ("180d", date(2026, 12, 1), date(2026, 6, 4)),
        ("12w", date(2026, 12, 1), date(2026, 9, 8)),
        ("6mo", date(2026, 12, 1), date(2026, 6, 1)),
        ("1mo", date(2026, 3, 31), date(2026, 2, 28)),
        ("1mo", date(2026, 3, 30), date(2026, 2, 28)),
        ("1mo", date(2026, 3, 29), date(2026, 2, 28)),
        ("1mo", date(2028, 3, 31), date(2028, 2, 29)),
        ("1mo", date(2028, 3, 29), date(2028, 2, 29)),
        ("12mo", date(2028, 2, 29), date(2027, 2, 28)),
        ("1mo", date(2026, 12, 31), date(2026, 11, 30)),
        ("1mo", date(2026, 1, 15), date(2025, 12, 15)),
        ("13mo", date(2026, 1, 31), date(2024, 12, 31)),
        ("2mo", date(2026, 2, 28), date(2025, 12, 28)),
    ],
)
def test_a_lead_counts_back_and_months_end_on_a_day_they_have(lead: str, day: date, before: date) -> None:
    assert parse_lead(lead).before(day) == before


@given(LEADS, DAYS)
def test_a_lead_never_counts_forward(lead: Lead, day: date) -> None:
    assert lead.before(day) <= day


@given(st.integers(0, 36), DAYS)
def test_months_back_land_in_that_month_on_the_same_day_or_the_months_last(count: int, day: date) -> None:
    before = Lead(count, "mo").before(day)
    assert day.year * 12 + day.month - (before.year * 12 + before.month) == count
    assert before.day <= day.day


@given(LEADS)
def test_a_lead_reads_back_as_it_is_written(lead: Lead) -> None:
    assert parse_lead(f" {lead} ") == lead


@pytest.mark.parametrize(
    "text", ["", "14", "d", "-1d", "1.5d", "007d", "14 d", "14D", "P1M", "2y", "1d2d", "１d"]
)
def test_what_is_no_lead_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(ValueError, match="days as 14d, weeks as 12w or months as 6mo"):
        parse_lead(text)


@pytest.mark.parametrize("text", ["1098d", "156w", "36mo"])
def test_three_years_are_the_longest_lead(text: str) -> None:
    assert parse_lead(text).days <= 3 * 366


@pytest.mark.parametrize("text", ["1099d", "157w", "37mo"])
def test_a_lead_over_three_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than three years"):
        parse_lead(text)


def test_a_cadence_is_longest_first_and_each_lead_once() -> None:
    assert str(parse_cadence(["7d", "6mo", "0d", "2w", "7d", "180d"])) == "6mo 180d 2w 7d 0d"


@given(CADENCES, st.data())
def test_a_cadence_reads_back_from_its_text_in_any_order(cadence: Cadence, data: st.DataObject) -> None:
    assert parse_cadence(data.draw(st.permutations(str(cadence).split()))) == cadence


def test_a_cadence_has_one_to_24_leads() -> None:
    assert len(parse_cadence(f"{n}d" for n in range(24)).leads) == 24
    with pytest.raises(ValueError, match="at most 24"):
        parse_cadence(f"{n}d" for n in range(25))
    with pytest.raises(ValueError, match="at least one"):
        parse_cadence([])


def test_the_default_cadence_is_the_documented_one() -> None:
    assert str(DEFAULT_CADENCE) == "180d 90d 60d 30d 14d 7d 3d 1d 0d"
