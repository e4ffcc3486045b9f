"""Readiness: conditions, who blocks, whom to call, and where the answers point."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from notifier.core.answer import Answer, AnswerKind, Evidence, Party, Way
from notifier.core.readiness import Condition, Contacts, VendorLine, Waiver, condition_of, picture_of
from notifier.core.stance import OPEN, Doubt, Stance
from tests.core.lists import a_change, oslo

TODAY = date(2026, 11, 24)
REACHED = Contacts(active=1, follows=True)


def stance(kind: AnswerKind, doubt: Doubt | None = None) -> Stance:
    return Stance(answer=an_answer(kind), doubt=doubt)


def an_answer(kind: AnswerKind, vendor: str = "blabaer", day: str = "2026-08-03", **fields: object) -> Answer:
    given = {"id": 1, "party": Party(vendor=vendor), "change_id": "portal", "at": oslo(day), "way": Way.PAGE}
    return Answer(**given | {"kind": kind} | fields)


def a_line(condition: Condition, name: str = "Blåbær", **fields: object) -> VendorLine:
    given = {"vendor_id": name.casefold(), "name": name, "condition": condition, "stance": OPEN}
    return VendorLine(**given | {"contacts": REACHED} | fields)


def seen(calls: int) -> Evidence:
    return Evidence(vendor="blabaer", change_id="portal", calls=calls, last_seen=TODAY, at=oslo("2026-11-24"))


@pytest.mark.parametrize(
    ("said", "contacts", "is_silent", "expected"),
    [
        (stance(AnswerKind.DONE), Contacts(), True, Condition.DONE),
        (stance(AnswerKind.NOT_AFFECTED), REACHED, False, Condition.NOT_AFFECTED),
        (stance(AnswerKind.PLANNED), REACHED, False, Condition.PLANNED),
        (stance(AnswerKind.NEED_HELP), REACHED, False, Condition.NEED_HELP),
        (stance(AnswerKind.PLANNED), Contacts(suspended=1), False, Condition.BOUNCED),
        (stance(AnswerKind.NEED_HELP), Contacts(), False, Condition.NO_CONTACT),
        (stance(AnswerKind.DONE, Doubt.TRAFFIC), REACHED, False, Condition.IN_DOUBT),
        (
            stance(AnswerKind.PLANNED, Doubt.SLIPPED),
            replace(REACHED, follows=False),
            False,
            Condition.IN_DOUBT,
        ),
        (OPEN, REACHED, False, Condition.UNANSWERED),
        (OPEN, REACHED, True, Condition.SILENT),
        (OPEN, Contacts(), False, Condition.NO_CONTACT),
        (OPEN, Contacts(suspended=2), True, Condition.BOUNCED),
        (OPEN, Contacts(active=1, suspended=1, follows=True), False, Condition.UNANSWERED),
        (OPEN, Contacts(active=1), False, Condition.ELSEWHERE),
        (OPEN, Contacts(active=1, suspended=1), False, Condition.ELSEWHERE),
        (OPEN, Contacts(active=1, suspended=1, bounced_follows=True), False, Condition.BOUNCED),
        (OPEN, Contacts(active=1, suspended=1, bounced_follows=True), True, Condition.SILENT),
        (OPEN, replace(REACHED, suspended=1, bounced_follows=True, left=1), False, Condition.UNANSWERED),
        (OPEN, Contacts(active=1, left=1), False, Condition.NO_CONTACT),
        (stance(AnswerKind.PLANNED), Contacts(active=1, left=1), False, Condition.NO_CONTACT),
        (stance(AnswerKind.DONE), Contacts(active=1, left=1), False, Condition.DONE),
    ],
)
def test_conditions(said: Stance, contacts: Contacts, is_silent: bool, expected: Condition) -> None:
    assert condition_of(said, contacts, is_silent=is_silent) is expected


@pytest.mark.parametrize("condition", Condition)
def test_everybody_blocks_but_the_ready_and_those_who_follow_other_things(condition: Condition) -> None:
    free = (Condition.DONE, Condition.NOT_AFFECTED, Condition.ELSEWHERE)
    assert a_line(condition).blocks(TODAY) is (condition not in free)


def test_whoever_is_seen_using_it_blocks_though_they_follow_other_things() -> None:
    assert a_line(Condition.ELSEWHERE, evidence=seen(3)).blocks(TODAY)
    assert not a_line(Condition.ELSEWHERE, evidence=seen(0)).blocks(TODAY)


def test_a_waiver_holds_until_its_day_is_over() -> None:
    waiver = Waiver(
        vendor="blabaer",
        change_id="portal",
        by="Kari",
        reason="egen løsning",
        until=TODAY,
        at=oslo("2026-11-01"),
    )
    line = a_line(Condition.SILENT, waiver=waiver)
    assert not line.blocks(TODAY)
    assert line.blocks(TODAY + timedelta(days=1))


def test_the_first_to_call_are_those_seen_most_then_the_most_worrying() -> None:
    lines = [
        a_line(Condition.PLANNED, "A", evidence=seen(10)),
        a_line(Condition.SILENT, "B"),
        a_line(Condition.NEED_HELP, "C"),
        a_line(Condition.SILENT, "D", evidence=seen(1243)),
        a_line(Condition.UNANSWERED, "E"),
        a_line(Condition.UNANSWERED, "F"),
        a_line(Condition.DONE, "G", evidence=seen(5000)),
    ]
    picture = picture_of(a_change(), lines)
    assert [line.name for line in picture.to_call(TODAY)] == ["D", "A", "B", "C", "E"]
    assert [line.name for line in picture.lines] == ["B", "D", "C", "E", "F", "A", "G"]
    assert picture.counts()[Condition.SILENT] == 2
    assert picture.counts()[Condition.NO_CONTACT] == 0
