"""What an Answer may say, and who may give it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifier.core.answer import (
    FARTHEST_PROMISE,
    LONGEST_WORDS,
    Answer,
    AnswerKind,
    Party,
    Way,
    kept_words,
    promised,
    speaks_for,
)
from tests.core.lists import oslo

TODAY = date(2026, 8, 3)


@pytest.mark.parametrize(
    ("address", "speaks"),
    [
        ("kari@epj.no", True),
        ("varsel@drift.epj.no", True),
        ("kari@annenepj.no", False),
        ("kari@epj.no.example", False),
        ("epj.no@gmail.example", False),
    ],
)
def test_who_speaks_for_a_vendor_by_its_domains(address: str, speaks: bool) -> None:
    assert speaks_for(address, domains=["legekontor.example", "epj.no"], contacts=[address]) is speaks
    assert speaks_for(address, domains=[], contacts=["per@epj.no", address])
    assert not speaks_for(address, domains=[], contacts=["per@epj.no"])


def test_words_are_kept_as_plain_lines() -> None:
    assert (
        kept_words("  Vi\x00 venter\u202e på\t  PAR \r\n\r\n\r\n\n– Kari\u2028Hei ")
        == "Vi venter på PAR\n\n– Kari\nHei"
    )
    assert kept_words("æ" * LONGEST_WORDS) == "æ" * LONGEST_WORDS
    for cut in ("æ" * (LONGEST_WORDS + 1), "æ" * 5000):
        assert kept_words(cut) == kept_words(kept_words(cut)) == "æ" * (LONGEST_WORDS - 4) + " […]"
    assert kept_words("\n \n") == ""


def test_a_promise_names_a_day_ahead() -> None:
    assert promised(AnswerKind.PLANNED, TODAY, today=TODAY) == TODAY
    assert promised(AnswerKind.DONE, date(1999, 1, 1), today=TODAY) is None
    for day in (None, TODAY - timedelta(days=1), TODAY + FARTHEST_PROMISE + timedelta(days=1)):
        with pytest.raises(ValueError, match="promise"):
            promised(AnswerKind.PLANNED, day, today=TODAY)


def test_what_repeats_an_answer() -> None:
    def said(kind: AnswerKind = AnswerKind.DONE, *, planned: date | None = None, words: str = "") -> Answer:
        party = Party(vendor="blabaer")
        return Answer(
            id=0, party=party, change_id="portal", kind=kind, planned=planned, words=words,
            at=oslo("2026-08-03"), way=Way.PAGE,
        )  # fmt: skip

    assert said().adds_nothing_to(said())
    assert said().adds_nothing_to(said(words="siden mai"))
    assert not said(words="siden mai").adds_nothing_to(said())
    assert not said().adds_nothing_to(None)
    assert not said(AnswerKind.NEED_HELP).adds_nothing_to(said())
    assert not said(AnswerKind.PLANNED, planned=TODAY).adds_nothing_to(said(AnswerKind.PLANNED))
