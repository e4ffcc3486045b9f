"""Bundling: in which Message what falls due travels, beside what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select, update

from notifier.store import planning
from notifier.store.engine import writing
from notifier.store.tables import messages
from notifier.store.tables import notices as ledger
from tests.core.lists import a_subscriber, oslo
from tests.store import crowd as people
from tests.store.reminders import DUE, NOW, plan, reminder


def test_notices_that_fall_together_travel_in_one_message(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2, 3)])
    plan(database, reminder("a"), reminder("b"))
    with writing(database) as connection:
        bundles = connection.execute(
            select(ledger.c.subscriber_id, func.count(), func.count(ledger.c.message_id.distinct())).group_by(
                ledger.c.subscriber_id
            )
        )
        assert sorted(tuple(row) for row in bundles) == [(1, 2, 1), (2, 2, 1), (3, 2, 1)]
        assert connection.scalar(select(func.count()).select_from(messages)) == 3


def test_what_falls_due_later_joins_the_message_that_still_waits(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None)])
    plan(database, reminder("a"))
    plan(database, reminder("a", "60d"))
    with writing(database) as connection:
        assert connection.scalar(select(func.count()).select_from(messages)) == 1
        assert connection.scalar(select(messages.c.expires)) == oslo("2026-12-02", "00:00")


@pytest.mark.parametrize(("is_open", "count"), [(True, 1), (False, 2)])
def test_reminders_join_a_waiting_standing_mail_only_within_the_sending_hours(
    database: Engine, is_open: bool, count: int
) -> None:
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None)])
        connection.execute(
            messages.insert().values(
                subscriber_id=1, state="pending", anytime=True, created_at=NOW, not_before=NOW, state_at=NOW
            )
        )
    plan(database, reminder("a"), is_open=is_open)
    with writing(database) as connection:
        assert connection.scalar(select(func.count()).select_from(messages)) == count


def test_what_travels_in_no_message_joins_the_one_made_in_the_same_run(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2)])
    plan(database, reminder("a"))
    with writing(database) as connection:
        connection.execute(update(messages).values(state="sent"))
        connection.execute(update(ledger).values(message_id=None))
        assert planning.has_loose(connection)
    plan(database, reminder("b"))
    with writing(database) as connection:
        assert not planning.has_loose(connection)
        carried = connection.execute(select(ledger.c.message_id, func.count()).group_by(ledger.c.message_id))
        assert [count for _, count in carried] == [2, 2]


def test_a_message_that_was_put_off_takes_no_more_along(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None), (replace(a_subscriber(), id=2), None)])
    plan(database, reminder("a"))
    with writing(database) as connection:
        put_off = update(messages).where(messages.c.subscriber_id == 1).values(tries=1, deferred_since=DUE)
        connection.execute(put_off)
    plan(database, reminder("b"))
    with writing(database) as connection:
        told = connection.execute(select(ledger.c.subscriber_id, ledger.c.deadline, ledger.c.message_id))
        carried = {(person, deadline): message for person, deadline, message in told}
    assert carried[1, "a/end"] != carried[1, "b/end"]
    assert carried[2, "a/end"] == carried[2, "b/end"]
