"""Pruning: the database stays bounded, and what was told stays told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from notifier.jobs.prune import prune
from notifier.store.engine import reading
from notifier.store.tables import alerts, attempts, notices
from tests.acceptance.scenes import MONDAY, eve_of_a_reminder
from tests.peers.smtp_sink import SmtpSink


def test_old_attempts_and_alerts_go_and_the_ledger_stays(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    good = story.changes.read_bytes()
    story.changes.write_bytes(b"revision")
    story.tick(MONDAY + timedelta(minutes=1))
    story.changes.write_bytes(good)
    story.tick(MONDAY + timedelta(minutes=2))

    def counted() -> list[int | None]:
        with reading(story.parts.engine) as connection:
            return [
                connection.scalar(select(func.count()).select_from(table))
                for table in (attempts, alerts, notices)
            ]

    assert counted() == [1, 2, 1]
    prune(engine=story.parts.engine, now=MONDAY + timedelta(days=29))
    assert counted() == [1, 2, 1]
    prune(engine=story.parts.engine, now=MONDAY + timedelta(days=31))
    assert counted() == [1, 1, 1]  # an Alert that still stands is kept
    prune(engine=story.parts.engine, now=MONDAY + timedelta(days=401))
    assert counted() == [0, 1, 1]
