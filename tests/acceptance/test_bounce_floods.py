"""A flood of reports, the same one over and over: it is taken, it counts once, and reminders leave meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import select

from notifier.core.bounce import HARD_POINTS
from notifier.store.engine import reading
from notifier.store.tables import subscribers
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder
from tests.inbox.letterbox import Letterbox, opened
from tests.inbox.letters import MAILBOX, bytes_of
from tests.peers.smtp_sink import SmtpSink

PEOPLE = a_crowd(20)


def test_reminders_leave_while_reports_pour_in(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> None:
    story = eve_of_a_reminder(tmp_path, sink, people=PEOPLE, url=sqlite_url)
    report, over = bytes_of("dsn-postfix"), threading.Event()
    replies: list[str] = []
    letterbox = Letterbox(engine=story.parts.engine, relay=sink.url, now=TUESDAY)

    def pour() -> None:
        while not over.is_set():
            replies.append(letterbox.hand_over(report, sender="", to=MAILBOX.return_path(1, 0))[:3])

    with opened(letterbox), ThreadPoolExecutor(3) as servers:
        pouring = [servers.submit(pour) for _ in range(3)]
        try:
            story.tick(TUESDAY)
        finally:
            over.set()
        for each in pouring:
            each.result()

    assert outcomes(story)["reminder", "sent"] == len(PEOPLE)
    assert len(replies) > len(pouring)
    assert set(replies) == {"250"}
    with reading(story.parts.engine) as connection:
        assert sum(connection.scalars(select(subscribers.c.score))) == HARD_POINTS
    assert_sound(story, sink.accepted)
    assert_finished(story)
