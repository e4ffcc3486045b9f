"""`why`: every step of one subscriber and one Change, with the rule."""

from __future__ import annotations

import pytest

from tests.cli.rehearsal import FIRST_TICK, JOINED, KARI, Rehearsal, oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

FIRST_REMINDER = oslo(2026, 12, 2)


def test_what_was_sent_is_told_with_its_message_and_the_servers_reply(
    place: Rehearsal, relay: SmtpSink
) -> None:
    place.begun()
    place("tick", now=FIRST_REMINDER)
    steps = place("why", KARI, "testdata", "--json").json["steps"]
    reminder = next(step for step in steps if step["lead"] == "30d" and step["deadline"] == "testdata/test")
    assert reminder["outcome"] == "sent"
    assert reminder["rule"] == "30d before 2027-01-01"
    assert reminder["message"]["attempts"][0]["code"] == 250


def test_what_lies_ahead_is_told_with_the_day_it_was_moved_from(place: Rehearsal) -> None:
    said = place.begun()("why", KARI, "testdata").words
    assert "Tue 2026-12-29 08:00 test 3d to come 3d before 2027-01-01" in said
    assert "Wed 2026-12-30 08:00 test 0d to come 0d before 2027-01-01 is Fri 2027-01-01; moved" in said


def test_what_passed_before_somebody_joined_is_told_with_the_reason(place: Rehearsal) -> None:
    said = place.begun()("why", KARI, "testdata").words
    assert "not told: the subscriber joined later" in said


def test_what_a_later_reminder_took_the_place_of_is_told(place: Rehearsal) -> None:
    place.begun()
    place("tick", now=oslo(2026, 12, 21))
    assert "superseded: the reminder 14d ahead was due as well" in place("why", KARI, "testdata").words


def test_a_refused_mail_is_told_with_the_servers_words(place: Rehearsal, relay: SmtpSink) -> None:
    place.begun()
    relay.script.always("rcpt", say("450 4.2.0 greylisted"))
    place("tick", now=FIRST_REMINDER)
    said = place("why", KARI, "testdata").words
    assert "owed" in said
    assert "temporary at rcpt: 450 4.2.0 greylisted" in said
    assert "pending, not before" in said


def test_somebody_who_follows_something_else_is_told_so(place: Rehearsal) -> None:
    place("tick", now=FIRST_TICK)
    place.join(KARI, "service:helseid", now=JOINED)
    assert "not told: the subscriber does not follow it" in place("why", KARI, "testdata").words


def test_whoever_left_is_told_to_have_left(place: Rehearsal) -> None:
    place.begun()
    assert place("subscribers", "remove", KARI, now=JOINED).code == 0
    called = place("why", KARI, "testdata")
    assert f"{KARI}: left" in called.words
    assert "not told: the subscriber left" in called.words


@pytest.mark.parametrize(
    ("address", "change", "sentence"),
    [
        ("nobody@epj.example.no", "testdata", "Nobody with the address"),
        ("kari", "testdata", "is not an e-mail address"),
        (KARI, "testdat", "did you mean testdata?"),
    ],
)
def test_who_or_what_is_unknown_is_exit_2(place: Rehearsal, address: str, change: str, sentence: str) -> None:
    called = place.begun()("why", address, change)
    assert (called.code, sentence in called.err) == (2, True), called.err
