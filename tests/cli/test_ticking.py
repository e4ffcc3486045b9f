"""`tick`: everything that is owed, once, with an exit code that a timer can act on."""

from __future__ import annotations

import pytest

from tests.cli.rehearsal import FIRST_TICK, JOINED, Rehearsal, oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink
from tests.sources.lists import small

NEXT_DAY = oslo(2026, 11, 25)
FIRST_REMINDER = oslo(2026, 12, 2)  # 30 days before 1 January 2027
AFTER_ALL = oslo(2027, 7, 1)

MOVED = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2027-02-01"))
EARLIER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))


def test_the_first_reading_is_the_baseline_and_mails_nobody(place: Rehearsal) -> None:
    place.join("kari@epj.example.no", now=oslo(2026, 11, 22))
    called = place("tick", now=FIRST_TICK)
    assert called.code == 0
    assert "is the baseline; it announces nothing" in called.words
    assert [mail["Subject"] for mail in place.mails() if "testdata" in mail["Subject"]] == []


def test_a_newcomer_is_told_where_they_stand_and_then_reminded_in_time(place: Rehearsal) -> None:
    place.begun()
    (standing,) = place.mails()
    assert standing["To"] == "kari@epj.example.no"

    called = place("tick", now=FIRST_REMINDER)
    assert called.code == 0
    assert "1 sent" in called.words
    assert "PREG" in place.mails()[1]["Subject"]


def test_a_second_tick_at_the_same_instant_does_nothing(place: Rehearsal) -> None:
    place.begun()
    place("tick", now=FIRST_REMINDER)
    assert "0 recorded" in place("tick", now=FIRST_REMINDER).words
    assert len(place.mails()) == 2


@pytest.mark.parametrize(
    ("swaps", "word"),
    [
        (EARLIER, "is held"),
        ([("Veikart", "Plan")], "without raising its revision"),
        ([("revision = 1", "revision = 0")], "refused"),
        ([('kind = "test"', 'kind = "tset"')], "refused"),
    ],
)
def test_a_list_that_cannot_take_force_is_exit_1_and_changes_nothing(
    place: Rehearsal, swaps: list[tuple[str, str]], word: str
) -> None:
    place.begun()
    place.list.write_text(small(*swaps), encoding="utf-8")
    called = place("tick", now=NEXT_DAY)
    assert (called.code, word in called.words) == (1, True), called.out
    assert place("changes", "list", "--json").json["revision"] == 1


def test_a_lower_revision_is_exit_1(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*MOVED), encoding="utf-8")
    assert place("tick", now=NEXT_DAY).code == 0
    place.list.write_text(small(), encoding="utf-8")
    called = place("tick", now=NEXT_DAY)
    assert (called.code, "lower than the one in force" in called.words) == (1, True)


def test_a_missing_list_is_exit_1_and_the_one_in_force_goes_on_reminding(place: Rehearsal) -> None:
    place.begun()
    place.list.unlink()
    called = place("tick", now=FIRST_REMINDER)
    assert (called.code, "the list is missing" in called.words) == (1, True)
    assert len(place.mails()) == 2


def test_a_held_reading_is_shown_with_the_hash_that_releases_it(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*EARLIER), encoding="utf-8")
    said = place("tick", now=NEXT_DAY).words
    digest = place("changes", "list", "--json").json["held"][0]["hash"][:10]
    assert f"notifier approve {digest}" in said


def test_a_deadline_that_passed_unconfirmed_is_no_reason_for_exit_1(place: Rehearsal) -> None:
    place("tick", now=FIRST_TICK)
    assert place("tick", now=AFTER_ALL).code == 0


def test_a_refused_address_is_exit_1(place: Rehearsal, relay: SmtpSink) -> None:
    relay.script.always("rcpt", say("550 5.1.1 no such user"))
    place("tick", now=FIRST_TICK)
    place.join("gone@epj.example.no", now=JOINED)
    called = place("tick", now=JOINED)
    assert (called.code, "0 sent, 1 failed" in called.words) == (1, True)


def test_outside_the_sending_hours_it_says_until_when_mail_waits(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*MOVED), encoding="utf-8")
    called = place("tick", now=oslo(2026, 11, 25, 22))
    assert called.code == 0
    assert "1 waiting" in called.words
    assert "from Thu 2026-11-26 07:00" in called.words


def test_while_paused_it_says_who_paused_and_why(place: Rehearsal) -> None:
    place("tick", now=FIRST_TICK)
    place.join("kari@epj.example.no", now=JOINED)
    place("pause", "--reason", "the relay moves", now=JOINED)
    called = place("tick", now=JOINED)
    assert called.code == 0
    assert "1 waiting; paused: the relay moves" in called.words
    assert place.mails() == []
