"""Pruning: the database stays bounded, and what was told stays told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from notifier.core.pseudonym import Pseudonyms
from notifier.core.retention import Retention
from notifier.jobs.prune import prune
from notifier.store.engine import reading
from notifier.store.tables import alerts, attempts, messages, notices
from tests.acceptance.scenes import MONDAY, eve_of_a_reminder
from tests.acceptance.story import KARI
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

KEPT = Retention(attempts=timedelta(days=60), messages=timedelta(days=90), alerts=timedelta(days=30))


def test_old_attempts_messages_and_alerts_go_and_the_ledger_stays(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    good = story.changes.read_bytes()
    story.changes.write_bytes(b"revision")
    story.tick(MONDAY + timedelta(minutes=1))
    story.changes.write_bytes(good)
    story.tick(MONDAY + timedelta(minutes=2))

    def left_after(days: int) -> list[int | None]:
        now = MONDAY + timedelta(days=days)
        prune(engine=story.parts.engine, retention=KEPT, pseudonyms=Pseudonyms(("key",)), now=now)
        with reading(story.parts.engine) as connection:
            return [
                connection.scalar(select(func.count()).select_from(table))
                for table in (attempts, messages, alerts, notices)
            ]

    assert left_after(29) == [1, 1, 2, 1]
    assert left_after(31) == [1, 1, 1, 1]  # an Alert that still stands is kept
    assert left_after(61) == [0, 1, 1, 1]
    assert left_after(91) == [0, 0, 1, 1]


def test_what_is_pruned_is_never_mailed_again(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    story.tick(oslo("2026-11-24", "09:00"))
    told = len(sink.accepted)
    assert told == 2
    prune(
        engine=story.parts.engine,
        retention=Retention(messages=timedelta(0), attempts=timedelta(0)),
        pseudonyms=Pseudonyms(("key",)),
        now=oslo("2026-11-24", "09:30"),
    )
    with reading(story.parts.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(messages)) == 0
    story.tick(oslo("2026-11-24", "10:00"))
    story.tick(oslo("2026-11-24", "15:00"))
    assert len(sink.accepted) == told
    assert {mail.recipients[0] for mail in sink.accepted[-1:]} == {KARI}
