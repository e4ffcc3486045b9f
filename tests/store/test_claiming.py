"""Claiming: what may leave now, for one node only, however many wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, update

from notifier.core.letter import LetterKind
from notifier.core.reply import Fault
from notifier.store import breakers, letters, outbox
from notifier.store.engine import reading, writing
from notifier.store.tables import attempts, messages
from tests.store.boxes import NODE, NOW, OTHER, claim


def test_claiming_follows_an_index_and_sorts_nothing_however_many_wait(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL makes other plans for few rows")
    said: list[tuple[str, Any]] = []
    event.listen(database, "before_cursor_execute", lambda *given: said.append((given[2], given[3])))
    with writing(database) as box:
        outbox.claim(box, node=NODE, now=NOW, is_open=True, next_opening=NOW)
    chosen = [each for each in said if each[0].startswith("SELECT messages.id")]
    with reading(database) as connection:
        plan = [
            row.detail
            for statement, values in chosen
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert "SEARCH messages USING INDEX ix_messages_state_not_before_id (state=? AND not_before<?)" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_a_message_is_claimed_by_one_node_only(box: Connection) -> None:
    assert len(claim(box)) == 3
    assert claim(box, node=OTHER) == ()


def test_a_probe_is_what_was_never_put_off_and_fell_due_last_and_else_the_oldest(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 1).values(deferred_since=NOW, not_before=NOW))
    box.execute(update(messages).where(messages.c.id == 3).values(not_before=NOW + timedelta(minutes=1)))
    letters.put(box, 2, LetterKind.STATUS, now=NOW + timedelta(minutes=2))
    found = [
        message.id
        for _ in range(5)
        for message in outbox.claim(
            box,
            node=NODE,
            now=NOW + timedelta(minutes=3),
            is_open=True,
            next_opening=NOW,
            limit=1,
            probing=True,
        )
    ]
    assert found == [3, 2, 4, 1]


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([], {}),
        ([(1, Fault.NONE), (2, Fault.UNCLEAR)], {2: False}),
        ([(2, Fault.UNCLEAR), (1, Fault.NONE)], {2: True}),
        ([(2, Fault.UNCLEAR), (1, Fault.NONE), (2, Fault.UNCLEAR)], {2: False}),
        ([(2, Fault.TEMPORARY), (1, Fault.NONE), (3, Fault.UNCLEAR)], {}),
    ],
)
def test_of_what_was_refused_without_a_reason_it_is_known_whether_others_were_taken_since(
    box: Connection, faults: list[tuple[int, Fault]], told: dict[int, bool]
) -> None:
    for number, fault in faults:
        row = {"message_id": number, "at": NOW, "phase": "rcpt", "fault": fault.value, "reply": ""}
        box.execute(insert(attempts).values(row))
    assert breakers.refused_before(box, [1, 2]) == told


def test_a_message_that_must_wait_is_not_claimed_before_its_time(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 2).values(not_before=NOW + timedelta(minutes=5)))
    assert [message.id for message in claim(box)] == [1, 3]
    assert [message.id for message in claim(box, now=NOW + timedelta(minutes=5))] == [2]


def test_outside_the_sending_hours_only_what_may_or_must_leaves(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 1).values(anytime=True))
    box.execute(update(messages).where(messages.c.id == 2).values(expires=NOW + timedelta(hours=6)))
    box.execute(update(messages).where(messages.c.id == 3).values(expires=NOW + timedelta(hours=18)))
    assert [message.id for message in claim(box, is_open=False)] == [1, 2]
