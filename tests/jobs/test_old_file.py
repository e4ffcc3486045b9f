"""A node with another file than its fellows: operators are told once, not at every look."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifier.jobs.refresh import ALERT, Finding, refresh
from notifier.sources.file import FileSource
from notifier.store import alerts, nodes
from notifier.store.alerts import Way
from notifier.store.engine import reading, writing
from tests.acceptance.announced import change, write
from tests.core.lists import TIMING, oslo

NOW = oslo("2026-11-24", "09:00")
LOOK = timedelta(seconds=15)


def looks(engine: Engine, file: Path, now: datetime) -> tuple[Finding, int]:
    """What a node makes of its file, and how many Alerts are told thereupon."""
    found = refresh(engine=engine, source=FileSource(file), timing=TIMING, max_people=25, now=now, wall=now)
    with writing(engine) as connection:
        new = alerts.untold(connection, Way.MAILED)
        alerts.mark_told(connection, [each.id for each in new], way=Way.MAILED, now=now)
    return found.finding, len(new)


def is_open(engine: Engine) -> bool:
    with reading(engine) as connection:
        return ALERT in {each.key for each in alerts.open_alerts(connection)}


@pytest.mark.parametrize("fellows", [1, 2])
def test_an_old_file_at_one_node_is_told_once(database: Engine, tmp_path: Path, fellows: int) -> None:
    old, new = write(tmp_path / "old.toml", change()), write(tmp_path / "new.toml", change(), revision=2)
    with writing(database) as connection:
        for number in range(fellows):
            nodes.register(connection, f"host{number}:1")
    looks(database, old, NOW)
    assert looks(database, new, NOW) == (Finding.IN_FORCE, 0)

    said = []
    for number in range(8):
        said.append(looks(database, old, NOW + number * LOOK))
        looks(database, new, NOW + number * LOOK)
    assert said[0] == (Finding.LOWER, 1)
    assert is_open(database) == (fellows > 1)
    if fellows > 1:
        assert said[1:] == [(Finding.LOWER, 0)] * 7

    looks(database, new, NOW + number * LOOK + timedelta(minutes=2))
    assert not is_open(database)
