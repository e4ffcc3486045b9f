"""A relay, or one mailbox, that puts our mail off for hours or days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder, troubles
from tests.core.lists import oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)
PUT_OFF = "451 4.7.1 service unavailable"


@pytest.mark.parametrize("step", ["rcpt", "verdict"])
@pytest.mark.parametrize("count", [2, 6])
def test_a_relay_that_puts_off_all_our_mail_is_noticed_within_hours_and_loses_nothing(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, step: str, count: int
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, people=a_crowd(count), url=sqlite_url)
    sink.script.always(step, say(PUT_OFF))
    story.every(20 * MINUTE, since=TUESDAY, until=oslo("2026-11-24", "10:50"))
    assert "deferred" not in story.alerts()

    story.every(20 * MINUTE, since=oslo("2026-11-24", "11:10"), until=oslo("2026-11-24", "11:30"))
    assert PUT_OFF[4:] in story.alerts()["deferred"]
    assert f"{count} message" in story.alerts()["deferred"]
    assert f"{count} message" in troubles(story, "11:30")
    assert "should have left over two hours ago" in troubles(story, "11:30")
    story.every(60 * MINUTE, since=oslo("2026-11-24", "12:00"), until=oslo("2026-11-25", "09:00"))
    assert "deferred" in story.alerts()

    sink.script.reset()
    story.every(20 * MINUTE, since=oslo("2026-11-25", "09:10"), until=oslo("2026-11-25", "10:30"))

    assert "deferred" not in story.alerts()
    assert outcomes(story)["reminder", "sent"] == count
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_reminder_does_not_fail_with_an_older_one_that_was_put_off_for_five_days(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    sink.script.always("verdict", say(PUT_OFF))
    last = oslo("2026-11-30", "12:00")
    story.every(360 * MINUTE, since=TUESDAY, until=last)
    assert outcomes(story)["reminder", "owed"] == 1

    sink.script.reset()
    story.every(30 * MINUTE, since=last, until=last + 120 * MINUTE)

    assert outcomes(story)["reminder", "sent"] == 1
    assert ("reminder", "failed") not in outcomes(story)
    assert len(sink.accepted) == 2
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_relay_that_puts_off_the_only_subscriber_is_noticed_after_a_day(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    """Before, it is most likely that their mailbox is full."""
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    sink.script.always("rcpt", say("452 4.2.2 mailbox full"))
    story.every(60 * MINUTE, since=TUESDAY, until=oslo("2026-11-25", "10:00"))
    assert "deferred" not in story.alerts()

    story.every(60 * MINUTE, since=oslo("2026-11-25", "11:00"), until=oslo("2026-11-25", "12:00"))
    assert "mailbox full" in story.alerts()["deferred"]


def test_one_mailbox_that_is_full_for_hours_while_others_are_told_is_no_trouble_of_the_relays(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    full, other, late = a_crowd(3)
    story = eve_of_a_reminder(tmp_path, sink, people=(full, other), url=sqlite_url)
    sink.script.for_recipient("rcpt", full, say("452 4.2.2 mailbox full"))
    story.every(20 * MINUTE, since=TUESDAY, until=oslo("2026-11-24", "11:00"))
    story.joins(late, now=oslo("2026-11-24", "11:01"))
    story.every(10 * MINUTE, since=oslo("2026-11-24", "11:02"), until=oslo("2026-11-24", "12:50"))

    assert outcomes(story)["reminder", "owed"] == 1
    assert "deferred" not in story.alerts()
    assert "should have left" not in troubles(story, "12:50")
