"""A copy that was never answered, and what befalls its Message afterwards: told once, and nothing claimed untruly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.subscription import Followed, parse_topic
from notifier.core.text import Language
from notifier.daemon.sending import SendingRight
from notifier.jobs.remind import remind
from notifier.jobs.taking import take
from notifier.store import choices, outbox, subscribers
from notifier.store.engine import writing
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes, states
from tests.acceptance.scenes import TUESDAY, eve_of_a_reminder
from tests.acceptance.story import KARI, OLA, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink

GREYLISTED = say("450 4.2.0 try later")
SECOND = timedelta(seconds=1)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    return eve_of_a_reminder(tmp_path, sink, url=sqlite_url)


def _subjects(sink: SmtpSink) -> list[str]:
    return [letter.subject.partition(":")[0] for letter in letters_at(sink.accepted[1:])]


def test_a_mail_whose_verdict_was_lost_before_its_day_ended_is_unknown_and_not_called_expired(
    story: Story, sink: SmtpSink
) -> None:
    for day in ("2026-11-24", "2026-11-27", "2026-11-30"):
        story.tick(oslo(day, "08:05"))
    sink.script.once("verdict", drop(accepts=True))
    story.tick(oslo("2026-12-01", "08:05"))
    sink.script.always("rcpt", GREYLISTED)
    for hour in ("08:30", "12:00", "18:00", "23:50"):
        story.tick(oslo("2026-12-01", hour))
    story.tick(oslo("2026-12-02", "08:05"))

    assert outcomes(story)["reminder", "unknown"] == 1
    assert states(story)["unknown"] == 1
    assert "expired" not in {outcome for _, outcome in outcomes(story)}
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_mail_refused_after_its_first_verdict_was_lost_is_unknown_and_not_called_failed(
    story: Story, sink: SmtpSink
) -> None:
    sink.script.once("verdict", drop(accepts=True))
    story.tick(TUESDAY)
    sink.script.always("rcpt", say("550 5.1.1 no such user"))
    story.tick(oslo("2026-11-24", "09:20"))

    assert states(story)["unknown"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_after_a_lost_verdict_and_a_long_silence_one_reminder_leaves_and_not_two(
    story: Story, sink: SmtpSink
) -> None:
    sink.script.once("verdict", drop(accepts=True))
    story.tick(TUESDAY)
    sink.script.always("rcpt", GREYLISTED)
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        story.tick(oslo(day, "12:00"))
    story.tick(oslo("2026-11-27", "08:05"))
    sink.script.reset()
    for hour in ("10:00", "11:00", "12:00"):
        story.tick(oslo("2026-11-27", hour))

    assert _subjects(sink) == ["7 dager igjen", "4 dager igjen"]
    assert outcomes(story)["reminder", "superseded"] == 1
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_the_last_day_is_told_once_though_the_reminder_of_the_day_before_came_late(
    story: Story, sink: SmtpSink
) -> None:
    for day in ("2026-11-24", "2026-11-27"):
        story.tick(oslo(day, "08:05"))
    sink.script.for_recipient("rcpt", KARI, GREYLISTED)
    for hour in ("08:05", "09:05", "10:05", "12:05", "14:00", "16:00", "17:55"):
        story.tick(oslo("2026-11-30", hour))
    sink.script.reset()
    story.tick(oslo("2026-12-01", "07:05"))
    story.tick(oslo("2026-12-01", "08:05"))

    assert _subjects(sink) == ["7 dager igjen", "4 dager igjen", "I dag"]
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_somebody_stops_following_between_composing_and_sending_is_not_sent(story: Story) -> None:
    parts = story.parts
    remind(engine=parts.engine, timing=parts.timing, rules=parts.settings.answer_rules, now=TUESDAY)
    with SendingRight(parts.engine) as right:
        right.try_acquire()
        sender = parts.sender(node=right.node, clock=lambda: TUESDAY)
        taken = take(sender, now=TUESDAY)
        (ready,) = taken.ready
        with writing(parts.engine) as connection:
            found = subscribers.find(connection, KARI)
            assert found
            choices.put(
                connection,
                found.id,
                language=Language.NB,
                followed=Followed((parse_topic("service:preg"),)),
                cadence=None,
                vendor=None,
                now=TUESDAY,
            )
        with writing(parts.engine) as connection:
            armed = outbox.arm(
                connection, [ready.message], reading=taken.reading, id_suffix=parts.id_suffix, now=TUESDAY
            )
        assert armed == frozenset()
    story.tick(TUESDAY)
    assert outcomes(story)["reminder", "cancelled"] == 1


def test_who_joined_just_before_a_reminder_fell_due_and_was_stored_just_after_is_reminded(
    story: Story, sink: SmtpSink
) -> None:
    story.tick(oslo("2026-11-24", "08:00"))
    story.joins(OLA, now=oslo("2026-11-24", "07:59"))
    story.every(20 * SECOND, since=oslo("2026-11-24", "08:00"), until=oslo("2026-11-24", "08:05"))

    (mail,) = [mail for mail in letters_at(sink.accepted) if mail.to == OLA]
    assert outcomes(story)["reminder", "sent"] == 2
    assert mail.subject.startswith("7 dager igjen")
