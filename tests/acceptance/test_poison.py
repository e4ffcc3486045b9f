"""What is wrong with one person's rows, or one Message, never stops the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import Table, select, update

from notifier.app import assemble
from notifier.compose.templates import Templates
from notifier.core.message import MessageState
from notifier.store import messages as outbox
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, notices, subscribers
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)


def damage(story: Story, table: Table, where: Any, **values: Any) -> None:
    """Write what none of our own code would."""
    with writing(story.parts.engine) as connection:
        connection.execute(update(table).where(where).values(**values))


def row_of(story: Story, message_id: int) -> Any:
    """A Message's row."""
    with reading(story.parts.engine) as connection:
        return connection.execute(select(messages).where(messages.c.id == message_id)).one()


def on_monday(folder: Path, sink: SmtpSink, url: str, people: tuple[str, ...]) -> Story:
    story = before_joining(folder, sink, url=url)
    for address in people:
        story.joins(address, now=MONDAY)
    return story


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (subscribers, {"language": "xx"}),
        (subscribers, {"address": "kari@@epj\r\nBcc: all@example.no"}),
        (subscribers, {"state": "asleep"}),
        (subscribers, {"cadence": "soon"}),
        (notices, {"kind": "rumour"}),
        (notices, {"lead": "soon"}),
        (messages, {"letter": "digest"}),
        (messages, {"about": "kjernejournal"}),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else next(iter(value)),
)
def test_what_a_damaged_row_spoils_is_put_off_with_an_alert_and_the_others_are_told(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, table: Table, values: dict[str, str]
) -> None:
    people = a_crowd(4)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    damage(story, table, table.c.id == 1, **values)

    ticked = story.tick(MONDAY)

    assert [mail.recipients[0] for mail in sink.accepted] == list(people[1:])
    assert outcomes(story)["standing", "sent"] == 3
    (alert,) = (text for key, text in story.alerts().items() if key.startswith("composing:"))
    assert "there are 1, the first is 1" in alert
    assert "vendor1" not in alert
    assert ticked.needs_attention
    assert row_of(story, 1).state == "pending"
    assert MONDAY + 4 * MINUTE <= row_of(story, 1).not_before <= MONDAY + 6 * MINUTE


def test_a_message_whose_row_another_release_wrote_leaves_once_that_is_mended(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(3))
    damage(story, messages, messages.c.id == 2, letter="digest")
    story.tick(MONDAY)
    assert [key for key in story.alerts() if "does not know its kind of letter" in key]

    damage(story, messages, messages.c.id == 2, letter=None)
    story.tick(MONDAY + 10 * MINUTE)

    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_was_kept_of_earlier_copies_decides_nothing_about_sending(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(2)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    damage(story, messages, messages.c.id == 1, renderings="in another form")

    story.tick(MONDAY)

    assert [mail.recipients[0] for mail in sink.accepted] == list(people)


def test_hundreds_of_damaged_rows_at_the_head_of_the_outbox_leave_the_rest_untouched(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(220)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    damage(story, subscribers, subscribers.c.id <= 200, language="xx")

    story.tick(MONDAY)

    assert {mail.recipients[0] for mail in sink.accepted} == set(people[200:])
    (alert,) = (text for key, text in story.alerts().items() if key.startswith("composing:"))
    assert "there are 200, the first is 1" in alert


def breaks(story: Story) -> None:
    """From now on every mail's subject asks for what there is not."""
    mistake = DictLoader({"email/subject.txt.j2": "{{ nothing_of_the_kind }}"})
    environments = {
        language: sound.overlay(loader=ChoiceLoader([mistake, sound.loader]), bytecode_cache=None)
        for language, sound in story.parts.templates.environments.items()
        if sound.loader is not None
    }
    story.parts = assemble(story.parts.settings, story.parts.engine, Templates(environments=environments))


def test_what_one_mistake_held_up_for_everybody_leaves_by_itself_once_it_is_mended(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(30)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    sound = story.parts
    breaks(story)
    story.tick(MONDAY)
    story.tick(MONDAY + 10 * MINUTE)
    assert len(sink.accepted) == 0
    (key,) = (key for key in story.alerts() if key.startswith("composing:UndefinedError"))

    story.parts = sound
    story.tick(MONDAY + 30 * MINUTE)

    assert {mail.recipients[0] for mail in sink.accepted} == set(people)
    assert key not in story.alerts()
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_cannot_be_composed_is_tried_with_growing_waits_and_never_twice_at_once(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(1))
    breaks(story)
    waits = []
    now = MONDAY
    for tries in range(1, 8):
        story.tick(now)
        story.tick(now)
        row = row_of(story, 1)
        assert (row.state, row.tries, row.copies) == ("pending", tries, 0)
        waits.append((row.not_before - now) / MINUTE)
        now = row.not_before
    for wait, plain in zip(waits, (5, 10, 20, 40, 60, 60, 60), strict=True):
        assert 0.8 * plain <= wait <= 1.2 * plain
    assert sum(key.startswith("composing:") for key in story.alerts()) == 1


def test_what_cannot_be_composed_for_five_days_fails_under_one_alert_and_can_be_sent_by_a_persons_decision(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(3))
    sound = story.parts
    breaks(story)
    story.every(timedelta(hours=12), since=MONDAY, until=MONDAY + timedelta(days=4))
    assert row_of(story, 1).state == "pending"
    late = MONDAY + timedelta(days=5, hours=1)
    story.tick(late)
    assert outcomes(story)["standing", "failed"] == 3
    failed = [text for key, text in story.alerts().items() if key.startswith("failed:")]
    assert len(failed) == 1
    assert f"outbox retry --all failed --since {late:%Y-%m-%d} --yes" in failed[0]
    # What fell due meanwhile is not as old, and travels by itself.
    assert outcomes(story)["reminder", "owed"] == 3

    story.parts = sound
    with writing(story.parts.engine) as connection:
        ended = outbox.ended_ids(connection, MessageState.FAILED, since=late)
        assert outbox.retry(connection, ended, by="per", now=late) == 3
    story.tick(late + MINUTE)

    assert len(sink.accepted) == 3
    assert outcomes(story)["standing", "sent"] == 3


def test_a_reminder_that_cannot_be_composed_expires_with_its_day(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(1))
    story.tick(MONDAY)
    breaks(story)
    story.tick(oslo("2026-12-01", "09:00"))
    assert outcomes(story)["reminder", "owed"] == 1
    story.tick(oslo("2026-12-02", "00:05"))

    assert len(sink.accepted) == 1
    assert outcomes(story)["reminder", "expired"] == 1
    assert any(key.startswith("expired:") for key in story.alerts())
    assert_finished(story)


def test_leads_that_cannot_be_read_cost_their_owner_the_reminders_alone_and_raise_an_alert(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(3)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    story.tick(MONDAY)
    damage(story, subscribers, subscribers.c.id == 1, cadence="soon")

    story.tick(TUESDAY)

    assert sorted(mail.recipients[0] for mail in sink.accepted[3:]) == list(people[1:])
    assert "“soon”" in story.alerts()["cadence:soon"]

    damage(story, subscribers, subscribers.c.id == 1, cadence=None)
    story.tick(TUESDAY + timedelta(minutes=1))
    assert "cadence:soon" not in story.alerts()


def test_a_message_that_is_lost_to_its_owner_is_not_sent_by_another_meanwhile(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    """A node that died after arming: its Message waits for a quarter of an hour, then goes out once more."""
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(2))
    damage(story, messages, messages.c.id == 1, state="transmitting", owner=999, copies=1, header_id="<n1.0>")

    story.tick(MONDAY)
    assert len(sink.accepted) == 1
    story.tick(MONDAY + timedelta(minutes=14))
    assert len(sink.accepted) == 1
    story.tick(MONDAY + timedelta(minutes=15))
    assert sink.accepted[1].message["Message-ID"] == "<n1.0>"
