"""A relay that drops, delays, refuses for a while: every Message arrives, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.channels.timeouts import Timeouts
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes, states
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder
from tests.acceptance.story import KARI, OLA, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import Act, drip, drop, say, stall
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)
IMPATIENT = Timeouts(greeting=5, mail=5, rcpt=5, data=5, block=5, verdict=0.3, whole=10, goodbye=0.3)
LATER = say("421 4.3.2 closing", drops=True)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    return eve_of_a_reminder(tmp_path, sink, url=sqlite_url)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_message_whose_verdict_was_lost_is_sent_once_more_after_a_quarter_of_an_hour(
    story: Story, sink: SmtpSink, accepted: bool
) -> None:
    sink.script.once("verdict", drop(accepts=accepted))
    story.tick(TUESDAY)
    story.tick(TUESDAY + 14 * MINUTE)
    assert len(sink.accepted) == 1 + accepted

    story.tick(TUESDAY + 15 * MINUTE)
    story.every(10 * MINUTE, since=TUESDAY + 16 * MINUTE, until=TUESDAY + 60 * MINUTE)

    copies = sink.accepted[1:]
    assert len(copies) == 1 + accepted
    assert len({mail.message["Message-ID"] for mail in copies}) == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_relay_that_never_answers_for_one_address_leaves_it_unknown_and_the_others_told(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, people=(KARI, OLA), url=sqlite_url)
    story.loses_patience(IMPATIENT)
    sink.script.for_recipient("verdict", KARI, stall(accepts=True))

    story.every(15 * MINUTE, since=TUESDAY, until=TUESDAY + 60 * MINUTE)

    told = [mail.recipients[0] for mail in sink.accepted[2:]]
    assert sorted(told) == [KARI, KARI, OLA]
    assert outcomes(story)["reminder", "unknown"] == 1
    assert any(key.startswith("unknown:") for key in story.alerts())
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize("step", ["body", "verdict"])
def test_a_relay_that_creeps_over_one_mail_is_given_up_and_the_others_are_told_meanwhile(
    tmp_path: Path, sqlite_url: str, step: str
) -> None:
    """A byte at a time stays within the wait for each step; only the time for the whole ends it."""
    people = a_crowd(4)
    with SmtpSink(receive_buffer=4096) as sink:
        story = eve_of_a_reminder(tmp_path, sink, people=people, url=sqlite_url)
        story.loses_patience(replace(IMPATIENT, verdict=5, whole=0.5))
        sink.script.for_recipient(step, people[1], drip(0.1))
        story.tick(TUESDAY)
        story.tick(TUESDAY + MINUTE)
        assert {mail.recipients[0] for mail in sink.accepted[4:]} >= set(people) - {people[1]}

        sink.script.reset()
        story.every(5 * MINUTE, since=TUESDAY + 5 * MINUTE, until=TUESDAY + 30 * MINUTE)

        assert outcomes(story)["reminder", "sent"] == len(people)
        assert_sound(story, sink.accepted)
        assert_finished(story)


BEFORE_THE_BODY = [
    (step, act) for step in ("banner", "ehlo", "mail", "rcpt", "data") for act in (drop(), LATER)
]
IN_THE_BODY = [("body", drop(after=40)), ("body", replace(LATER, after=40)), ("verdict", LATER)]


@pytest.mark.parametrize(
    ("step", "act"),
    [*BEFORE_THE_BODY, *IN_THE_BODY],
    ids=lambda value: value if isinstance(value, str) else (value.reply or "dropped")[:3],
)
def test_a_relay_that_breaks_off_before_the_end_gets_the_message_once(
    story: Story, sink: SmtpSink, step: str, act: Act
) -> None:
    sink.script.once(step, act)
    story.tick(TUESDAY)
    assert len(sink.accepted) == 1

    story.every(3 * MINUTE, since=TUESDAY + MINUTE, until=TUESDAY + 16 * MINUTE)

    assert len(sink.accepted) == 2
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("verdict", "451 4.3.0 try again"),
        ("verdict", "452 4.3.1 no space"),
        ("rcpt", "450 4.2.0 greylisted"),
        ("data", "451 4.3.0 try again"),
    ],
)
def test_a_temporary_refusal_is_tried_again_later_with_one_copy(
    story: Story, sink: SmtpSink, step: str, reply: str
) -> None:
    sink.script.once(step, say(reply), say(reply))
    story.every(2 * MINUTE, since=TUESDAY, until=TUESDAY + 20 * MINUTE)

    assert len(sink.accepted) == 2
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_temporary_refusal_waits_five_minutes_give_or_take_a_fifth(story: Story, sink: SmtpSink) -> None:
    sink.script.once("rcpt", say("450 4.2.0 greylisted"))
    story.every(MINUTE, since=TUESDAY, until=TUESDAY + 3 * MINUTE)
    assert len(sink.accepted) == 1

    story.tick(TUESDAY + 6 * MINUTE)
    assert len(sink.accepted) == 2


def test_an_address_that_refuses_until_the_end_of_the_day_ends_expired_with_an_alert(
    story: Story, sink: SmtpSink
) -> None:
    sink.script.always("rcpt", say("452 4.2.2 mailbox full"))
    story.every(timedelta(hours=6), since=oslo("2026-12-01", "06:00"), until=oslo("2026-12-02", "06:00"))

    assert len(sink.accepted) == 1
    assert outcomes(story)["reminder", "expired"] == 1
    assert states(story)["expired"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_relay_that_was_down_over_two_leads_gets_the_later_reminder_only(
    story: Story, sink: SmtpSink
) -> None:
    sink.stop()
    story.every(timedelta(hours=3), since=TUESDAY, until=oslo("2026-11-27", "09:00"))
    sink.start()
    story.every(30 * MINUTE, since=oslo("2026-11-27", "09:30"), until=oslo("2026-11-27", "11:00"))

    (reminder,) = letters_at(sink.accepted[1:])
    assert reminder.days_left() == 4
    assert outcomes(story) == {
        ("standing", "sent"): 1,
        ("reminder", "superseded"): 1,
        ("reminder", "sent"): 1,
    }
    assert_sound(story, sink.accepted)
    assert_finished(story)
