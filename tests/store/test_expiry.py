"""When Messages come too late, and what becomes of the Notices in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, update

from notifier.core.notice import Outcome
from notifier.core.plan import FanOut
from notifier.store import expiring, planning
from notifier.store.engine import open_engine, writing
from notifier.store.tables import messages, subscribers
from notifier.store.tables import notices as ledger
from tests.core.lists import a_subscriber, oslo
from tests.store import crowd as people
from tests.store.reminders import EVERYBODY, OVER, reminder

DUE = oslo("2026-11-24", "08:00")
NOW = oslo("2026-11-24", "08:05")
DAYS = (1, 2, 3)


def _plan(connection: Connection, *steps: FanOut) -> None:
    planning.plan_slice(connection, steps, EVERYBODY, now=NOW, is_open=True)


@pytest.fixture
def sqlite(sqlite_url: str) -> Engine:
    return open_engine(sqlite_url)


@given(
    follows=st.lists(st.sets(st.sampled_from(DAYS), min_size=1), min_size=1, max_size=4),
    earlier=st.sets(st.sampled_from(DAYS)),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_message_comes_too_late_with_the_first_notice_in_it(
    sqlite: Engine, follows: list[set[int]], earlier: set[int]
) -> None:
    over = {day: oslo(f"2026-12-0{day}", "00:00") for day in DAYS}
    steps = {day: reminder(f"change-{day}", due=DUE, expires=over[day]) for day in DAYS}
    topics = [[f"change:change-{day}" for day in sorted(days)] for days in follows]
    with writing(sqlite) as connection:
        people.clear(connection)
        people.put(connection, [(replace(a_subscriber(*t), id=n), None) for n, t in enumerate(topics, 1)])
        # Some of it joins a Message that waits already.
        _plan(connection, *(steps[day] for day in earlier))
        _plan(connection, *steps.values())
        stored = {row.subscriber_id: row.expires for row in connection.execute(select(messages))}
    assert stored == {n: over[min(days)] for n, days in enumerate(follows, 1)}


def test_a_waiting_notice_whose_day_is_over_expires(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None)])
        _plan(connection, reminder("a", due=DUE))
        assert expiring.expire_overdue(connection, oslo("2026-12-01", "23:59")) == (0, frozenset())
        assert expiring.expire_overdue(connection, OVER) == (1, frozenset())
        assert connection.scalar(select(ledger.c.outcome)) == Outcome.EXPIRED


def test_what_was_over_before_a_subscribers_pause_ended_was_not_wanted_unless_a_copy_may_have_arrived(
    database: Engine,
) -> None:
    with writing(database) as connection:
        people.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2)])
        connection.execute(update(subscribers).values(paused_until=OVER))
        _plan(connection, reminder("a", due=DUE))
        connection.execute(update(messages).where(messages.c.subscriber_id == 2).values(copies=1))
        in_doubt = connection.scalar(select(messages.c.id).where(messages.c.copies == 1))
        assert expiring.expire_overdue(connection, OVER) == (0, frozenset({in_doubt}))
        told = {row.subscriber_id: row.outcome for row in connection.execute(select(ledger))}
        assert told == {1: Outcome.PAUSED, 2: Outcome.UNKNOWN}
