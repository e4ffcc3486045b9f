"""Whoever has answered is left in peace, and loses nothing by changing the answer."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from notifier.core.answer import AnswerKind
from notifier.core.readiness import Condition
from notifier.core.text import Language
from notifier.jobs.explain import explain
from notifier.jobs.readiness import pictures
from notifier.store import changes
from notifier.store.engine import reading
from tests.acceptance.announced import change, when, write
from tests.acceptance.answering import a_vendor, answers, ledger
from tests.acceptance.story import KARI, OLA, Letter, Story
from tests.core.lists import oslo

BEGIN = oslo("2026-08-03", "07:30")
PORTAL = "portal"
# The days on which the reminders from 90 days ahead on fall due.
LEADS = (
    "2026-09-02", "2026-10-02", "2026-10-30", "2026-11-17", "2026-11-24", "2026-11-27", "2026-11-30", "2026-12-01",
)  # fmt: skip


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Two contacts of one Vendor, told in August where they stand; the portal ends on 1 December."""
    made = Story(tmp_path, changes=write(tmp_path / "list.toml", change()))
    made.begin(BEGIN)
    made.tick(BEGIN)
    a_vendor(made, "blabaer", "example.no", name="Blåbær EPJ", now=BEGIN)
    for address in (KARI, OLA):
        made.joins(address, now=BEGIN, vendor="blabaer")
    made.tick(oslo("2026-08-03"))
    made.new_letters()
    return made


def on(story: Story, *days: str) -> None:
    """A tick on each of these mornings."""
    for day in days:
        story.tick(oslo(day))


def told(story: Story) -> list[Letter]:
    """What came since last asked, but for what tells of answers."""
    about_answers = (" har svart", " trenger hjelp: ", "has answered")
    return [
        letter
        for letter in story.new_letters()
        if "Ingen hos" in letter.subject
        or "Nobody at" in letter.subject
        or not any(words in letter.subject for words in about_answers)
    ]


def reminded(story: Story) -> list[tuple[str, date]]:
    """Who was reminded when."""
    return sorted((letter.to, letter.day) for letter in story.new_letters() if letter.days_left() is not None)


def condition(story: Story, *, now: datetime) -> Condition:
    """Where the Vendor stands, as operators see it."""
    parts = story.parts
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
        assert current is not None
        ((picture, _),) = pictures(
            connection,
            current.changes.changes,
            timing=parts.timing,
            rules=parts.settings.answer_rules,
            now=now,
        )
    return picture.lines[0].condition


def test_done_is_done_for_the_whole_vendor(story: Story) -> None:
    answers(story, KARI, PORTAL, AnswerKind.DONE, now=oslo("2026-08-04"))
    on(story, *LEADS)
    assert reminded(story) == []
    assert {outcome for _, _, outcome in ledger(story, OLA, PORTAL)} == {"answered"}


def test_what_was_spared_is_told_once_the_answer_is_taken_back(story: Story) -> None:
    answers(story, KARI, PORTAL, AnswerKind.DONE, now=oslo("2026-08-04"))
    on(story, *LEADS[:3])
    answers(story, OLA, PORTAL, AnswerKind.NONE, now=oslo("2026-11-05", "12:00"))
    answers(story, OLA, PORTAL, AnswerKind.DONE, now=oslo("2026-11-05", "12:01"))
    answers(story, KARI, PORTAL, AnswerKind.NEED_HELP, now=oslo("2026-11-05", "12:02"))
    on(story, "2026-11-06", "2026-11-09")
    assert reminded(story) == [(KARI, date(2026, 11, 6)), (OLA, date(2026, 11, 6))]
    assert ledger(story, KARI, PORTAL) == [
        ("reminder", "90d", "answered"),
        ("reminder", "60d", "answered"),
        ("reminder", "30d", "sent"),
    ]
    on(story, *LEADS[3:])
    assert [outcome for _, _, outcome in ledger(story, KARI, PORTAL)][2:] == ["sent"] * 6


def test_a_move_is_told_whatever_was_answered(story: Story) -> None:
    answers(story, KARI, PORTAL, AnswerKind.DONE, now=oslo("2026-08-04"))
    write(story.changes, change(PORTAL, when("2027-06-01")), revision=2)
    on(story, "2026-08-05", "2026-08-06")
    news = [letter for letter in story.new_letters() if letter.subject.startswith("Flyttet")]
    assert [letter.to for letter in news] == [KARI, OLA]
    assert all("Dere svarte «ferdig» 4. august 2026." in " ".join(letter.text.split()) for letter in news)


def test_a_promise_is_reminded_of_and_asked_about_and_the_last_reminders_come_all_the_same(
    story: Story,
) -> None:
    said = answers(
        story, KARI, PORTAL, AnswerKind.PLANNED, planned=date(2026, 11, 15), now=oslo("2026-08-04")
    )
    assert not said.comes_too_late
    on(story, *LEADS[:3], "2026-11-06", "2026-11-16")
    mine = [(letter.day, letter.subject) for letter in told(story) if letter.to == KARI]
    assert [day for day, _ in mine] == [date(2026, 11, 6), date(2026, 11, 16)]
    assert mine[0][1].startswith("Planlagt 15.11.2026: Kjernejournal – title portal nb")
    assert mine[1][1].startswith("Er dere ferdige?: Kjernejournal") or mine[1][1].startswith(
        "Er dere ferdige? "
    )

    answers(
        story, OLA, PORTAL, AnswerKind.PLANNED, planned=date(2026, 11, 27), now=oslo("2026-11-16", "12:00")
    )
    on(story, "2026-11-17", "2026-11-20", *LEADS[4:])
    days = [letter.day.isoformat() for letter in told(story) if letter.to == OLA]
    assert days == ["2026-11-20", "2026-11-24", "2026-11-27", "2026-11-30", "2026-12-01"]


def test_a_reminder_of_a_promise_that_comes_too_late_is_told_to_operators(story: Story) -> None:
    answers(story, KARI, PORTAL, AnswerKind.PLANNED, planned=date(2026, 11, 15), now=oslo("2026-08-04"))
    on(story, *LEADS[:3], "2026-11-16")
    followed_up = [(kind, outcome) for kind, _, outcome in ledger(story, OLA, PORTAL)][-2:]
    assert followed_up == [("promise", "expired"), ("question", "sent")]
    assert "2 notices could not be sent in time" in story.alerts()["expired:2026-11-16"]


def untold(story: Story, address: str, *, now: datetime) -> set[str]:
    """The days of the reminders that `why` says somebody is not told."""
    parts = story.parts
    found = explain(
        engine=parts.engine,
        timing=parts.timing,
        pseudonyms=parts.pseudonyms,
        address=address,
        change_id=PORTAL,
        now=now,
    )
    return {each.step.due.date().isoformat() for each in found.untold if each.why_not}


def test_a_silent_vendor_s_third_reminder_goes_to_all_of_its_contacts_and_says_so(story: Story) -> None:
    story.joins("per@example.no", "service:helseid", now=oslo("2026-08-03"), vendor="blabaer")
    story.joins(
        "sue@example.no", "service:helseid", now=oslo("2026-08-03"), vendor="blabaer", language=Language.EN
    )
    story.joins("gunn@elsewhere.example", "service:helseid", now=oslo("2026-08-03"))
    story.joins("eva@foreign.example", "service:helseid", now=oslo("2026-08-03"), vendor="blabaer")
    on(story, "2026-08-04", *LEADS[:2])
    # What does not count yet leaves them silent.
    assert answers(story, "eva@foreign.example", PORTAL, AnswerKind.DONE, now=oslo(LEADS[1], "12:00")).waits
    assert condition(story, now=oslo(LEADS[1], "12:00")) is Condition.SILENT
    story.new_letters()
    on(story, LEADS[2])
    escalated = {letter.to: letter for letter in told(story)}
    assert set(escalated) == {KARI, OLA, "per@example.no", "sue@example.no", "eva@foreign.example"}
    assert (
        escalated[KARI].subject
        == "Ingen hos Blåbær EPJ har svart: Kjernejournal – title portal nb utgår 1. desember"
    )
    assert escalated["sue@example.no"].subject.startswith("Nobody at Blåbær EPJ has answered: Kjernejournal")
    assert "Derfor går denne til alle der" in " ".join(escalated[KARI].text.split())
    words = " ".join(escalated["per@example.no"].text.split())
    assert "Du følger ikke denne endringen" in words
    assert "Du er kontakt for Blåbær EPJ, der ingen har svart. Du følger: helseid." in words
    assert untold(story, "per@example.no", now=oslo(LEADS[2], "09:00")) >= {*LEADS[:2], *LEADS[3:]}
    assert LEADS[2] not in untold(story, "per@example.no", now=oslo(LEADS[2], "09:00"))

    answers(story, "per@example.no", PORTAL, AnswerKind.NEED_HELP, words="Hjelp", now=oslo(LEADS[2], "12:00"))
    on(story, LEADS[3])
    after = {letter.to: letter.subject for letter in told(story)}
    assert set(after) == {KARI, OLA}
    assert after[KARI].startswith("14 dager igjen")
