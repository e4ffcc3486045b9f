"""The figures for monitoring, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, update

from notifier.store import alerts, figures
from notifier.store.engine import writing
from notifier.store.figures import DELAYS, OTHER_LEADS
from notifier.store.tables import attempts, messages, notices
from tests.core.lists import a_subscriber, oslo
from tests.store import crowd

NOW = oslo("2026-09-02")


def put_sent_reminder(connection: Connection, number: int, *, lead: str, late: timedelta) -> None:
    """One more Subscriber, to whom one reminder was sent so late."""
    crowd.put(connection, [(replace(a_subscriber(), id=number), None)])
    row = {"subscriber_id": number, "state": "sent", "anytime": False}
    row |= {"created_at": NOW, "not_before": NOW, "state_at": NOW}
    message = connection.scalar(insert(messages).values(row).returning(messages.c.id))
    notice = {"subscriber_id": number, "deadline": "a/end", "kind": "reminder", "lead": lead, "due": NOW}
    notice |= {"outcome": "sent", "decided_at": NOW, "message_id": message}
    connection.execute(insert(notices).values(notice))
    said = {"message_id": message, "at": NOW + late, "phase": "verdict", "fault": "none", "code": 250}
    said |= {"reply": "ok"}
    connection.execute(insert(attempts).values(said))


def test_everything_is_counted_by_its_kind(database: Engine) -> None:
    with writing(database) as connection:
        put_sent_reminder(connection, 1, lead="30d", late=timedelta(0))
        put_sent_reminder(connection, 2, lead="30d", late=timedelta(0))
        connection.execute(update(messages).where(messages.c.subscriber_id == 2).values(state="pending"))
        for key in ("failed:1", "failed:2", "relay"):
            alerts.raise_alert(connection, key=key, text="x", now=NOW)
        found = figures.stock(connection)
    assert found.notices == {("reminder", "sent"): 2}
    assert (found.messages["sent"], found.messages["pending"], found.messages["failed"]) == (1, 1, 0)
    assert found.waiting_since == {"pending": NOW}
    assert found.alerts == {"failed": 2, "relay": 1}
    assert found.held == 0


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (timedelta(seconds=30), 0),
        (timedelta(minutes=2), 1),
        (timedelta(minutes=59), 3),
        (timedelta(days=10), len(DELAYS)),
    ],
)
def test_a_reminders_delay_falls_into_its_bucket(database: Engine, late: timedelta, bucket: int) -> None:
    with writing(database) as connection:
        put_sent_reminder(connection, 1, lead="30d", late=late)
        until = figures.newest_attempt(connection)
        (found,) = figures.delays(connection, after=0, until=until, leads=["30d"])
    assert found.lead == "30d"
    assert found.counts.index(1) == bucket
    assert found.seconds == pytest.approx(late.total_seconds(), abs=0.01)


def test_leads_of_peoples_own_count_as_one(database: Engine) -> None:
    with writing(database) as connection:
        for number, lead in enumerate(("30d", "17d", "23w"), start=1):
            put_sent_reminder(connection, number, lead=lead, late=timedelta(seconds=1))
        until = figures.newest_attempt(connection)
        found = figures.delays(connection, after=0, until=until, leads=["30d"])
    assert {delays.lead: sum(delays.counts) for delays in found} == {"30d": 1, OTHER_LEADS: 2}


def test_each_transmission_is_counted_once(database: Engine) -> None:
    with writing(database) as connection:
        put_sent_reminder(connection, 1, lead="30d", late=timedelta(0))
        first = figures.newest_attempt(connection)
        put_sent_reminder(connection, 2, lead="30d", late=timedelta(0))
        second = figures.newest_attempt(connection)
        assert figures.verdicts(connection, after=first, until=second) == {("none", "verdict"): 1}
        assert figures.verdicts(connection, after=second, until=second) == {}


def test_an_empty_database_has_figures(database: Engine) -> None:
    with writing(database) as connection:
        assert figures.newest_attempt(connection) == 0
        assert set(figures.stock(connection).subscribers.values()) == {0}
