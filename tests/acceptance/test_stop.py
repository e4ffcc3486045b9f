"""Whoever unsubscribes, is suspended or must not be mailed gets nothing, however late they said so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app import may_receive
from notifier.core.subscription import Followed, parse_topic
from notifier.core.text import Language
from notifier.daemon.tick import plan
from notifier.settings.tables import MailSettings
from notifier.store import choices, installation, pausing, subscribers
from notifier.store.engine import writing
from tests.acceptance.announced import change, when, write
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes, states
from tests.acceptance.meanwhile import after_the_claim
from tests.acceptance.scenes import MONDAY, TUESDAY, before_joining, eve_of_a_reminder
from tests.acceptance.story import KARI, OLA, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    return eve_of_a_reminder(tmp_path, sink, people=(KARI, OLA), url=sqlite_url)


def told_on_tuesday(sink: SmtpSink) -> list[str]:
    return sorted(mail.recipients[0] for mail in sink.accepted[2:])


def test_who_unsubscribed_before_the_reminder_is_not_told(story: Story, sink: SmtpSink) -> None:
    story.leaves(KARI, now=MONDAY + MINUTE)
    story.tick(TUESDAY)

    assert told_on_tuesday(sink) == [OLA]
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_who_unsubscribes_after_the_reminder_fell_due_gets_an_entry_in_the_ledger_and_no_mail(
    story: Story, sink: SmtpSink
) -> None:
    story.leaves(KARI, now=TUESDAY - MINUTE)
    story.tick(TUESDAY)

    assert told_on_tuesday(sink) == [OLA]
    assert outcomes(story)["reminder", "left"] == 1


@pytest.mark.parametrize("ending", ["left", "suspended"])
def test_who_stops_between_claim_and_transmission_is_not_mailed(
    story: Story, sink: SmtpSink, ending: str
) -> None:
    stop = story.leaves if ending == "left" else story.is_suspended
    after_the_claim(story, lambda: stop(KARI, now=TUESDAY))
    story.tick(TUESDAY)
    story.tick(TUESDAY + 30 * MINUTE)

    assert told_on_tuesday(sink) == [OLA]
    assert outcomes(story)["reminder", ending] == 1
    assert states(story)["cancelled"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_pause_between_claim_and_transmission_lets_nothing_leave_until_resumed(
    story: Story, sink: SmtpSink
) -> None:
    def pause() -> None:
        with writing(story.parts.engine) as connection:
            installation.pause(connection, by="per", reason="stop", now=TUESDAY)

    after_the_claim(story, pause)
    story.tick(TUESDAY)
    story.tick(TUESDAY + 30 * MINUTE)
    assert told_on_tuesday(sink) == []

    with writing(story.parts.engine) as connection:
        installation.resume(connection)
    story.tick(TUESDAY + 60 * MINUTE)
    assert told_on_tuesday(sink) == [KARI, OLA]
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_date_that_moves_between_claim_and_transmission_is_told_as_it_is_now(
    story: Story, sink: SmtpSink
) -> None:
    def move() -> None:
        write(story.changes, change("portal", when("2027-03-01")), revision=2)
        plan(story.parts, TUESDAY)

    after_the_claim(story, move)
    story.tick(TUESDAY)
    story.tick(TUESDAY + MINUTE)

    letters = letters_at(sink.accepted[2:])
    assert sorted(letter.to for letter in letters) == [KARI, OLA]
    assert all("1. mars 2027" in letter.text for letter in letters)
    assert outcomes(story)["reminder", "cancelled"] == 2
    assert outcomes(story)["moved", "sent"] == 2
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_who_unsubscribes_while_a_lost_verdict_waits_gets_no_second_copy(
    story: Story, sink: SmtpSink
) -> None:
    sink.script.for_recipient("verdict", KARI, drop(accepts=True))
    story.tick(TUESDAY)
    story.leaves(KARI, now=TUESDAY + 5 * MINUTE)
    story.tick(TUESDAY + 20 * MINUTE)

    assert told_on_tuesday(sink).count(KARI) == 1
    assert_finished(story)


def test_who_unsubscribes_while_a_refusal_waits_gets_nothing(story: Story, sink: SmtpSink) -> None:
    sink.script.for_recipient("rcpt", KARI, say("450 4.2.0 greylisted"))
    story.tick(TUESDAY)
    sink.script.reset()
    story.leaves(KARI, now=TUESDAY + 2 * MINUTE)
    story.tick(TUESDAY + 20 * MINUTE)

    assert told_on_tuesday(sink) == [OLA]
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_fell_due_during_a_suspension_is_recorded_and_told_as_what_lies_ahead(
    story: Story, sink: SmtpSink
) -> None:
    story.is_suspended(KARI, now=MONDAY + MINUTE)
    story.tick(TUESDAY)
    assert told_on_tuesday(sink) == [OLA]
    story.resumes(KARI, now=TUESDAY + 59 * MINUTE)
    story.tick(TUESDAY + 60 * MINUTE)
    story.tick(TUESDAY + 61 * MINUTE)

    (letter,) = [letter for letter in letters_at(sink.accepted[2:]) if letter.to == KARI]
    assert "1. desember" in letter.text
    assert outcomes(story)["reminder", "suspended"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_who_is_resumed_in_a_pause_of_their_own_is_told_once_it_is_over(story: Story, sink: SmtpSink) -> None:
    story.is_suspended(KARI, now=MONDAY + MINUTE)
    until = TUESDAY + timedelta(days=1)
    with writing(story.parts.engine) as connection:
        found = subscribers.find(connection, KARI)
        assert found is not None
        pausing.pause(connection, found, until=until, now=MONDAY + 2 * MINUTE)
    story.resumes(KARI, now=TUESDAY)
    story.tick(TUESDAY + MINUTE)
    assert told_on_tuesday(sink) == [OLA]
    story.tick(until)
    assert told_on_tuesday(sink) == [KARI, OLA]


def test_who_left_and_joins_again_is_told_where_they_stand_and_nothing_from_before(
    story: Story, sink: SmtpSink
) -> None:
    story.leaves(KARI, now=MONDAY + MINUTE)
    story.joins(KARI, now=TUESDAY - 30 * MINUTE, again=True)
    story.tick(TUESDAY)

    (letter,) = [letter for letter in letters_at(sink.accepted[2:]) if letter.to == KARI]
    assert letter.subject.startswith("Velkommen")
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_is_no_longer_followed_when_its_message_leaves_is_not_told(story: Story, sink: SmtpSink) -> None:
    sink.script.for_recipient("rcpt", KARI, say("450 4.2.0 greylisted"))
    story.tick(TUESDAY)
    sink.script.reset()
    with writing(story.parts.engine) as connection:
        found = subscribers.find(connection, KARI)
        assert found is not None
        preg = Followed((parse_topic("service:preg"),))
        choices.put(
            connection, found.id, language=Language.NB, followed=preg, cadence=None, vendor=None, now=TUESDAY
        )
    story.tick(TUESDAY + 20 * MINUTE)

    assert told_on_tuesday(sink) == [OLA]
    assert_finished(story)


@pytest.mark.parametrize("allowed", [KARI.upper(), "epj.example.no", "@EPJ.example.no"])
def test_an_installation_that_may_mail_some_only_mails_nobody_else(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, allowed: str
) -> None:
    mail = MailSettings(url=sink.url, only_to=(allowed,))
    story = before_joining(tmp_path, sink, url=sqlite_url, mail=mail)
    story.joins(KARI, now=MONDAY)
    story.joins("per@epj.example.com", now=MONDAY)
    story.tick(MONDAY)

    assert [mail.recipients for mail in sink.accepted] == [(KARI,)]
    assert outcomes(story)["standing", "cancelled"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_domain_is_let_through_however_it_is_spelt() -> None:
    assert may_receive(["Blåbær.example"], "post@xn--blbr-roah.example")
    assert not may_receive(["Blåbær.example"], "post@blabar.example")


def test_a_reminder_that_was_composed_in_time_does_not_leave_after_the_hours(
    story: Story, sink: SmtpSink
) -> None:
    hours = [oslo("2026-11-24", "17:59")]
    after_the_claim(story, lambda: hours.append(oslo("2026-11-24", "18:01")))
    story.tick_by(lambda: hours[-1])
    assert told_on_tuesday(sink) == []

    story.tick(oslo("2026-11-25", "07:00"))
    assert [letter.days_left() for letter in letters_at(sink.accepted[2:])] == [6, 6]
    assert_sound(story, sink.accepted)
    assert_finished(story)
