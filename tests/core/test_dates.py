"""Dates in words: idiomatic in three languages, and never more exact than what was announced."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import DeadlineKind
from notifier.core.dates import (
    day_text,
    days_left_text,
    ends_text,
    has_ended_text,
    short_date,
    verb_text,
    when_text,
    working_days_text,
)
from notifier.core.text import Language
from notifier.core.when import Certainty, parse_when

NB, NN, EN = Language.NB, Language.NN, Language.EN


@pytest.mark.parametrize(
    ("language", "words"),
    [(NB, "tirsdag 1. desember 2026"), (NN, "tysdag 1. desember 2026"), (EN, "Tuesday 1 December 2026")],
)
def test_a_day_is_named_with_its_weekday(language: Language, words: str) -> None:
    assert day_text(date(2026, 12, 1), language) == words


def test_saturday_has_its_own_name_in_nynorsk() -> None:
    assert day_text(date(2026, 11, 28), NB, year=False) == "lørdag 28. november"
    assert day_text(date(2026, 11, 28), NN, year=False) == "laurdag 28. november"


def test_weekday_and_year_can_be_left_out() -> None:
    assert day_text(date(2026, 12, 1), NB, weekday=False, year=False) == "1. desember"
    assert day_text(date(2026, 12, 1), EN, weekday=False, year=False) == "1 December"


def test_short_dates_are_figures_in_norwegian_and_never_ambiguous_in_english() -> None:
    assert short_date(date(2026, 12, 1), NB) == short_date(date(2026, 12, 1), NN) == "01.12.2026"
    assert short_date(date(2026, 12, 1), EN) == "1 Dec 2026"


@pytest.mark.parametrize(
    ("written", "nb", "en"),
    [
        ("2026-12-01", "tirsdag 1. desember 2026", "Tuesday 1 December 2026"),
        ("2026-01", "januar 2026", "January 2026"),
        ("2026-Q1", "1. kvartal 2026", "Q1 2026"),
        ("2026-H1", "1. halvår 2026", "the first half of 2026"),
        ("2026", "2026", "2026"),
        ("2026-Q1..2026-Q2", "1. til 2. kvartal 2026", "Q1 to Q2 2026"),
        ("2026-Q4..2027-Q1", "4. kvartal 2026 til 1. kvartal 2027", "Q4 2026 to Q1 2027"),
        ("2026-01..2026-03", "januar til mars 2026", "January to March 2026"),
        ("2026-01-10..2026-02-05", "10. januar til 5. februar 2026", "10 January to 5 February 2026"),
        ("2026-01-10..2026-Q2", "10. januar 2026 til 2. kvartal 2026", "10 January 2026 to Q2 2026"),
        (
            "2026-H1..2026-H2",
            "1. halvår 2026 til 2. halvår 2026",
            "the first half of 2026 to the second half of 2026",
        ),
        ("2026..2027", "2026 til 2027", "2026 to 2027"),
        ("2026-03..", "tidligst mars 2026", "March 2026 at the earliest"),
        ("2026-03-01..", "tidligst 1. mars 2026", "1 March 2026 at the earliest"),
        ("tba", "dato er ikke satt", "no date has been set"),
    ],
)
def test_a_when_is_said_as_exactly_as_it_was_announced(written: str, nb: str, en: str) -> None:
    assert when_text(parse_when(written), NB) == nb
    assert when_text(parse_when(written), EN) == en


def test_nynorsk_has_its_own_words_for_open_and_missing_dates() -> None:
    assert when_text(parse_when("2026-03.."), NN) == "tidlegast mars 2026"
    assert when_text(parse_when("tba"), NN) == "dato er ikkje sett"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (NB, "utgår fra tirsdag 1. desember 2026; siste dag er mandag 30. november 2026"),
        (NN, "går ut frå tysdag 1. desember 2026; siste dag er måndag 30. november 2026"),
        (EN, "ends on Tuesday 1 December 2026; the last day is Monday 30 November 2026"),
    ],
)
def test_an_exact_end_names_the_first_day_gone_and_the_last_day(language: Language, words: str) -> None:
    assert ends_text(parse_when("2026-12-01"), language) == words


def test_a_tentative_day_is_said_to_be_tentative() -> None:
    when = parse_when("2026-12-01", certainty=Certainty.TENTATIVE)
    assert ends_text(when, NB).endswith("(foreløpig)")
    assert ends_text(when, NN).endswith("(førebels)")
    assert ends_text(when, EN).endswith("(tentative)")


def test_a_tentative_window_is_said_to_be_tentative() -> None:
    when = parse_when("2026-Q1..2026-Q2", certainty=Certainty.TENTATIVE)
    assert ends_text(when, NB) == (
        "utgår en gang i perioden 1. til 2. kvartal 2026 (foreløpig); dagen er ikke satt"
    )


@pytest.mark.parametrize(
    ("written", "nb"),
    [
        ("2026-01", "utgår i løpet av januar 2026; dagen er ikke satt"),
        ("2026-Q1..2026-Q2", "utgår en gang i perioden 1. til 2. kvartal 2026; dagen er ikke satt"),
        ("2026-03..", "utgår tidligst mars 2026; dagen er ikke satt"),
        ("tba", "skal utgå; dato er ikke satt"),
    ],
)
def test_a_vague_end_never_sounds_as_if_a_day_were_set(written: str, nb: str) -> None:
    assert ends_text(parse_when(written), NB) == nb


def test_what_ends_follows_the_kind_of_the_deadline() -> None:
    when = parse_when("2025-09-01")
    assert ends_text(when, NB, kind=DeadlineKind.CLOSED_TO_NEW).startswith("stenges for nye fra mandag")
    assert ends_text(when, NN, kind=DeadlineKind.TEST).startswith("går ut i test frå måndag")
    assert verb_text(DeadlineKind.END, NN) == "går ut"
    assert has_ended_text(DeadlineKind.TEST, NB) == "er utgått i test"


@pytest.mark.parametrize(
    ("days", "nb", "nn", "en"),
    [
        (7, "7 dager igjen", "7 dagar att", "7 days left"),
        (1, "1 dag igjen", "1 dag att", "1 day left"),
        (0, "i dag", "i dag", "today"),
        (-1, "for 1 dag siden", "for 1 dag sidan", "1 day ago"),
        (-2, "for 2 dager siden", "for 2 dagar sidan", "2 days ago"),
    ],
)
def test_days_left_read_as_people_say_them(days: int, nb: str, nn: str, en: str) -> None:
    assert [days_left_text(days, language) for language in (NB, NN, EN)] == [nb, nn, en]


def test_working_days_read_as_people_say_them() -> None:
    assert working_days_text(5, NB) == "5 arbeidsdager"
    assert working_days_text(5, NN) == "5 arbeidsdagar"
    assert working_days_text(1, EN) == "1 working day"
    assert working_days_text(0, NB) == "ingen arbeidsdager"
    assert working_days_text(0, EN) == "no working days"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(Language))
def test_the_year_and_the_day_stand_in_every_day(day: date, language: Language) -> None:
    words = day_text(day, language).split()
    assert words[1].rstrip(".") == str(day.day)
    assert words[3] == str(day.year)
