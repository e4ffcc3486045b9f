"""What is wrong with one person's rows, or one Message, never stops the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, update

from notifier.store import messages as outbox
from notifier.store.engine import writing
from notifier.store.tables import messages, notices, subscribers
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.peers.smtp_sink import SmtpSink


def damage(story: Story, table: Table, where: Any, **values: Any) -> None:
    """Write what none of our own code would."""
    with writing(story.parts.engine) as connection:
        connection.execute(update(table).where(where).values(**values))


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
    ],
    ids=lambda value: value.name if isinstance(value, Table) else next(iter(value)),
)
def test_a_damaged_row_is_set_aside_with_an_alert_and_the_others_are_told(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, table: Table, values: dict[str, str]
) -> None:
    people = a_crowd(4)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    damage(story, table, table.c.id == 1, **values)

    ticked = story.tick(MONDAY)

    assert [mail.recipients[0] for mail in sink.accepted] == list(people[1:])
    assert outcomes(story)["standing", "sent"] == 3
    assert "failed:1" in story.alerts()
    assert "outbox retry 1" in story.alerts()["failed:1"]
    assert ticked.needs_attention


def test_hundreds_of_damaged_rows_at_the_head_of_the_outbox_leave_the_rest_untouched(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    people = a_crowd(220)
    story = on_monday(tmp_path, sink, sqlite_url, people)
    damage(story, subscribers, subscribers.c.id <= 200, language="xx")

    story.tick(MONDAY)

    assert {mail.recipients[0] for mail in sink.accepted} == set(people[200:])
    assert sum(key.startswith("failed:") for key in story.alerts()) == 200


def test_a_mended_message_can_be_sent_by_a_persons_decision(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = on_monday(tmp_path, sink, sqlite_url, a_crowd(1))
    damage(story, subscribers, subscribers.c.id == 1, language="xx")
    story.tick(MONDAY)
    damage(story, subscribers, subscribers.c.id == 1, language="nb")
    with writing(story.parts.engine) as connection:
        assert outbox.retry(connection, 1, by="per", now=MONDAY)
    story.tick(MONDAY + timedelta(minutes=1))

    assert len(sink.accepted) == 1
    assert_sound(story, sink.accepted)
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
