"""How Messages are claimed where very many wait."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event

from notifier.store import (
    outbox,
)
from notifier.store.engine import reading, writing
from tests.core.lists import oslo

NOW = oslo("2026-09-02")


def test_claiming_follows_an_index_and_sorts_nothing_however_many_wait(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL makes other plans for few rows")
    said: list[tuple[str, Any]] = []
    event.listen(database, "before_cursor_execute", lambda *given: said.append((given[2], given[3])))
    with writing(database) as box:
        outbox.claim(box, node=1, now=NOW, is_open=True, next_opening=NOW)
    chosen = [each for each in said if each[0].startswith("SELECT messages.id")]
    with reading(database) as connection:
        plan = [
            row.detail
            for statement, values in chosen
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert "SEARCH messages USING INDEX ix_messages_state_not_before_id (state=? AND not_before<?)" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]
