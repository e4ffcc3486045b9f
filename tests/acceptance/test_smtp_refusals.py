"""A relay that refuses: one address, one Message, or everything we send."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.core.bounce import HARD_POINTS
from notifier.settings.tables import MailSettings
from notifier.store.engine import reading
from notifier.store.tables import subscribers
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, a_crowd, before_joining, eve_of_a_reminder, troubles
from tests.acceptance.story import Story
from tests.core.lists import oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)
REFUSALS = {
    "policy": ("verdict", "550 5.7.1 your mail is blocked"),
    "policy at the address": ("rcpt", "554 5.7.1 your mail is blocked"),
    "the sender": ("mail", "550 5.7.1 sender not allowed"),
    "the sender's domain": ("mail", "553 5.1.8 no such sender"),
    "the login": ("auth", "535 5.7.8 wrong password"),
}


def scores(story: Story) -> dict[str, int]:
    """How often an address was refused for good, for those that were."""
    chosen = select(subscribers.c.address, subscribers.c.score).where(subscribers.c.score > 0)
    with reading(story.parts.engine) as connection:
        return {row.address: row.score for row in connection.execute(chosen)}


def joined_by(story: Story, people: tuple[str, ...]) -> Story:
    """The same, once these have joined."""
    for address in people:
        story.joins(address, now=MONDAY)
    return story


def assert_all_are_told_once_it_takes_mail(story: Story, sink: SmtpSink, count: int) -> None:
    sink.script.reset()
    story.every(10 * MINUTE, since=oslo("2026-11-24", "16:50"), until=oslo("2026-11-24", "17:50"))
    assert outcomes(story)["reminder", "sent"] == count
    assert "relay" not in story.alerts()
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_one_unknown_address_of_a_hundred_fails_and_is_scored_and_the_others_are_told(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(100)
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url), people)
    sink.script.for_recipient("rcpt", people[41], say("550 5.1.1 no such user"))

    ticked = story.tick(MONDAY)

    assert outcomes(story) == {("standing", "sent"): 99, ("standing", "failed"): 1}
    assert scores(story) == {people[41]: HARD_POINTS}
    assert [text for text in story.alerts().values() if "failed for good" in text]
    assert people[41] not in "".join(story.alerts().values())
    assert ticked.needs_attention
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("count", [1, 6])
def test_refusing_all_our_mail_holds_everything_back_and_loses_nothing(
    tmp_path: Path, sqlite_url: str, refusal: str, count: int
) -> None:
    step, reply = REFUSALS[refusal]
    with SmtpSink(logins={"varsler": "hemmelig"}) as sink:
        mail = MailSettings(url=f"smtp://varsler:hemmelig@{sink.address}")
        story = eve_of_a_reminder(tmp_path, sink, people=a_crowd(count), url=sqlite_url, mail=mail)
        sink.script.always(step, say(reply))
        story.every(20 * MINUTE, since=TUESDAY, until=oslo("2026-11-24", "16:40"))

        assert len(sink.accepted) == count
        assert outcomes(story)["reminder", "owed"] == count
        assert scores(story) == {}
        assert reply[4:] in story.alerts()["relay"]
        assert "the relay does not take mail" in troubles(story, "16:40")

        assert_all_are_told_once_it_takes_mail(story, sink, count)
        assert "relay" not in troubles(story, "17:50")


@pytest.mark.parametrize("refusal", [("rcpt", "550 relay not permitted"), ("verdict", "554 rejected")])
@pytest.mark.parametrize("count", [2, 8])
def test_a_relay_that_refuses_all_our_mail_without_a_reason_costs_nobody_anything(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, refusal: tuple[str, str], count: int
) -> None:
    step, reply = refusal
    story = eve_of_a_reminder(tmp_path, sink, people=a_crowd(count), url=sqlite_url)
    sink.script.always(step, say(reply))
    story.every(30 * MINUTE, since=TUESDAY, until=oslo("2026-11-24", "16:30"))

    assert outcomes(story)["reminder", "owed"] == count
    assert scores(story) == {}
    assert reply in story.alerts()["relay"]
    assert "the relay does not take mail" in troubles(story, "16:40")

    assert_all_are_told_once_it_takes_mail(story, sink, count)


@pytest.mark.parametrize("among_them", [0, 2])
def test_a_dozen_dead_addresses_at_a_relay_that_gives_no_reason_hold_up_nobody_else_for_long(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, among_them: int
) -> None:
    """As Exim answers for a domain that is gone."""
    story = before_joining(tmp_path, sink, url=sqlite_url)
    good = [f"good{number}@alive.example.no" for number in range(1, 5)]
    dead = a_crowd(12)
    for address in dead:
        sink.script.for_recipient("rcpt", address, say("550 Unrouteable address"))
    early, later = good[:among_them], good[2:]
    joined_by(story, (*early[:1], *dead, *early[1:]))

    story.every(2 * MINUTE, since=MONDAY, until=MONDAY + 8 * MINUTE)
    assert {mail.recipients[0] for mail in sink.accepted} == set(early)
    story.every(10 * MINUTE, since=MONDAY + 10 * MINUTE, until=MONDAY + 50 * MINUTE)

    for address, hour in zip(later, ("11:00", "15:00"), strict=True):
        joins = oslo("2026-11-23", hour)
        story.joins(address, now=joins)
        story.every(2 * MINUTE, since=joins, until=joins + 6 * MINUTE)
        assert address in [mail.recipients[0] for mail in sink.accepted]
        story.every(10 * MINUTE, since=joins + 10 * MINUTE, until=joins + 30 * MINUTE)

    assert outcomes(story) == {("standing", "sent"): among_them + 2, ("standing", "failed"): 12}
    assert scores(story) == dict.fromkeys(dead, HARD_POINTS)
    assert "the relay does not take mail" not in troubles(story, "23:00")
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize("count", [1, 20])
def test_one_address_refused_without_a_reason_is_asked_of_once_more_then_it_fails_and_is_scored(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, count: int
) -> None:
    people = a_crowd(count)
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url), people)
    sink.script.for_recipient("rcpt", people[0], say("550 no such user"))

    story.tick(MONDAY)
    assert outcomes(story)["standing", "owed"] == 1
    assert scores(story) == {}
    story.tick(MONDAY + 10 * MINUTE)

    assert outcomes(story)["standing", "failed"] == 1
    assert outcomes(story).get(("standing", "sent"), 0) == count - 1
    assert scores(story) == {people[0]: HARD_POINTS}
    assert "refused its address: 550 no such user" in "".join(story.alerts().values())
    assert "relay" not in story.alerts()
    assert_finished(story)


def test_a_relay_that_refuses_everything_is_left_alone_and_probed_with_one_message(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url), a_crowd(100))
    sink.script.always("mail", say("550 5.7.1 sender not allowed"))

    story.tick(MONDAY)
    assert _tries(sink) <= 4  # one on each connection

    before = _tries(sink)
    story.tick(MONDAY + MINUTE / 2)
    assert _tries(sink) == before
    story.tick(MONDAY + MINUTE)
    assert _tries(sink) == before + 1


def test_a_relay_that_offers_no_encryption_is_given_nothing_and_operators_are_told(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    mail = MailSettings(url=f"smtp+starttls://{sink.address}")
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url, mail=mail), a_crowd(3))

    story.tick(MONDAY)

    assert (_tries(sink), sink.accepted) == (0, ())
    assert outcomes(story) == {("standing", "owed"): 3}
    assert scores(story) == {}
    assert "nothing is sent unencrypted" in story.alerts()["relay"]


def _tries(sink: SmtpSink) -> int:
    return sum(command.startswith("MAIL") for command in sink.commands)


def test_one_message_refused_for_policy_waits_alone_while_the_others_go_out(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(5)
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url), people)
    sink.script.for_recipient("verdict", people[2], say("550 5.7.1 this one looks like spam"))

    story.tick(MONDAY)
    assert outcomes(story) == {("standing", "sent"): 4, ("standing", "owed"): 1}
    assert "relay" not in story.alerts()

    sink.script.reset()
    story.tick(MONDAY + 10 * MINUTE)
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_message_refused_for_policy_for_five_days_neither_holds_up_the_others_nor_waits_for_ever(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    odd, other = a_crowd(2)
    story = joined_by(before_joining(tmp_path, sink, url=sqlite_url), (odd,))
    sink.script.for_recipient("verdict", odd, say("550 5.7.1 this one looks like spam"))
    story.every(15 * MINUTE, since=MONDAY, until=MONDAY + 120 * MINUTE)
    assert outcomes(story) == {("standing", "owed"): 1}

    story.joins(other, now=MONDAY + 121 * MINUTE)
    story.every(15 * MINUTE, since=MONDAY + 121 * MINUTE, until=MONDAY + 166 * MINUTE)
    assert [mail.recipients[0] for mail in sink.accepted] == [other]

    story.every(timedelta(hours=4), since=MONDAY + timedelta(hours=4), until=MONDAY + timedelta(days=6))
    assert outcomes(story)["standing", "failed"] == 1
    assert_sound(story, sink.accepted)
