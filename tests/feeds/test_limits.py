"""A calendar that Google would drop is told of before vendors miss it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from notifier.core.change import ChangeList, Deadline, DeadlineKind
from notifier.feeds.limits import MOST_EVENTS, outgrown
from tests.feeds.lists import OSLO, firm, list_of, same
from tests.web.sites import real_list


def said(changes: ChangeList, today: str) -> str:
    return outgrown(changes, today=date.fromisoformat(today), zone=OSLO, base_url="https://varsel.example.no")


def many(number: int) -> ChangeList:
    kind = DeadlineKind.END
    return list_of(*(Deadline(id=f"d{n}", kind=kind, when=firm("2026-12-01")) for n in range(number)))


@pytest.fixture(scope="module")
def crowded() -> ChangeList:
    return many(MOST_EVENTS + 1)


def test_the_real_list_fits() -> None:
    assert said(real_list(), "2026-11-23") == ""


def test_more_events_than_programs_take_are_told(crowded: ChangeList) -> None:
    assert "1,001 events" in said(crowded, "2026-11-23")


def test_what_has_left_the_calendar_does_not_count(crowded: ChangeList) -> None:
    assert said(crowded, "2027-11-23")
    assert said(crowded, "2028-01-02") == ""


def test_long_texts_are_told() -> None:
    changes = many(60)
    (change,) = changes.changes
    long = replace(changes, changes=(replace(change, summary=same("Den gamle går bort. " * 1000)),))
    assert "60 events and 1." in said(long, "2026-11-23")
