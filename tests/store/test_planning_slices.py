"""What planning a slice of Subscribers reads and writes, however many there are."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select

from notifier.core.plan import FanOut
from notifier.errors import ConstraintError
from notifier.store import planning
from notifier.store.engine import filling, reading, writing
from notifier.store.tables import messages
from tests.core.lists import a_subscriber, oslo
from tests.store import crowd as people
from tests.store.reminders import DUE, EVERYBODY, OVER, reminder

FIRST = oslo("2026-11-02", "00:00")


def _plan(engine: Engine, *steps: FanOut) -> None:
    with filling(engine) as connection:
        planning.plan_slice(connection, steps, EVERYBODY, now=DUE, is_open=True)


def test_a_slice_is_found_by_its_ids_on_sqlite(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL makes other plans for few rows")
    with writing(database) as connection:
        people.put(connection, [(replace(a_subscriber(), id=number), None) for number in (1, 2)])
    said: list[tuple[str, Any]] = []
    event.listen(database, "before_cursor_execute", lambda *given: said.append((given[2], given[3])))
    _plan(database, reminder("a"))
    about = [each for each in said if each[0].split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]
    with reading(database) as connection:
        plan = {
            row.detail
            for statement, values in about
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        }
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    read = {step for step in plan if step.split()[1] in ("subscribers", "messages", "notices")}
    assert "SEARCH subscribers USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in read
    assert not {step for step in read if step.startswith("SCAN") or "(state=?" in step}


@pytest.mark.parametrize("fails", [False, True])
def test_references_are_looked_up_again_afterwards(database: Engine, fails: bool) -> None:
    with contextlib.suppress(RuntimeError), filling(database):
        if fails:
            raise RuntimeError
    stray = {"subscriber_id": 7, "state": "pending", "anytime": False, "created_at": DUE, "not_before": DUE}
    with pytest.raises(ConstraintError), writing(database) as connection:
        connection.execute(insert(messages).values(**stray, state_at=DUE))


def test_a_message_is_over_with_the_first_of_what_it_carries(database: Engine) -> None:
    crowd = [a_subscriber("change:a"), replace(a_subscriber("everything"), id=2)]
    with writing(database) as connection:
        people.put(connection, [(person, None) for person in crowd])
    _plan(database, reminder("a"), reminder("b", expires=FIRST))
    with writing(database) as connection:
        found = connection.execute(select(messages.c.subscriber_id, messages.c.expires))
        assert sorted(map(tuple, found)) == [(1, OVER), (2, FIRST)]
