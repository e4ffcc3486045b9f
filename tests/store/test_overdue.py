"""What should have left long ago, and what failed lately, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, update

from notifier.core.message import MessageState
from notifier.store import figures, overdue
from notifier.store import messages as outbox
from notifier.store.engine import writing
from notifier.store.tables import attempts, messages, notices
from tests.core.lists import a_subscriber, oslo
from tests.store import crowd

NOW = oslo("2026-09-02", "12:00")
BEFORE = NOW - timedelta(hours=2)
LONG_AGO = NOW - timedelta(hours=3)
LATELY = NOW - timedelta(hours=1)


@pytest.fixture
def box(database: Engine) -> Iterator[Connection]:
    """Two Messages that were put off three hours ago, and again an hour ago."""
    with writing(database) as connection:
        crowd.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2)])
        row = {"state": "pending", "anytime": False, "created_at": LONG_AGO, "state_at": LATELY, "tries": 4}
        row |= {"not_before": NOW, "deferred_since": LONG_AGO, "last_reply": "451 no"}
        connection.execute(insert(messages), [{"subscriber_id": n, **row} for n in (1, 2)])
        for at in (LONG_AGO, LATELY):
            tried(connection, at=at, fault="temporary")
        yield connection


def tried(connection: Connection, *, at: datetime, fault: str) -> None:
    row = {"message_id": 1, "at": at, "phase": "verdict", "fault": fault, "code": 451, "reply": "no"}
    connection.execute(insert(attempts).values(row))


def test_what_is_put_off_for_hours_while_nothing_is_taken_is_overdue(box: Connection) -> None:
    found = overdue.in_vain(box, before=BEFORE)

    assert found == overdue.InVain(count=2, first=1, since=LONG_AGO, reply="451 no", is_tried=True)
    assert overdue.count_overdue(box, before=BEFORE) == 2
    assert figures.stock(box).waiting_since == {"pending": LONG_AGO}


def test_what_is_put_off_while_others_are_taken_is_not(box: Connection) -> None:
    tried(box, at=LATELY, fault="none")

    assert overdue.in_vain(box, before=BEFORE) is None
    assert overdue.count_overdue(box, before=BEFORE) == 0


def test_what_one_subscriber_alone_is_put_off_is_their_own_trouble_for_a_day(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 2).values(subscriber_id=1))
    assert overdue.in_vain(box, before=BEFORE) is None
    assert overdue.count_overdue(box, before=BEFORE) == 0

    long_ago = BEFORE - overdue.ALONE_FOR - timedelta(seconds=1)
    box.execute(update(messages).where(messages.c.id == 1).values(deferred_since=long_ago))
    found = overdue.in_vain(box, before=BEFORE)
    assert found == overdue.InVain(count=2, first=1, since=long_ago, reply="451 no", is_tried=True)


def test_what_was_taken_before_is_no_sign_of_health(box: Connection) -> None:
    tried(box, at=LONG_AGO, fault="none")

    assert overdue.count_overdue(box, before=BEFORE) == 2


def test_what_also_waits_to_be_taken_up_is_counted_once(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 2).values(not_before=LONG_AGO))

    assert overdue.count_overdue(box, before=BEFORE) == 2


def test_what_failed_lately_is_counted_by_its_kind(box: Connection) -> None:
    box.execute(update(messages).values(state="failed", letter_to=None))
    box.execute(update(messages).where(messages.c.id == 2).values(letter="status"))
    told = {"subscriber_id": 1, "deadline": "a/end", "kind": "reminder", "due": LONG_AGO, "decided_at": NOW}
    told |= {"outcome": "failed", "message_id": 1}
    box.execute(insert(notices), [{**told, "lead": lead} for lead in ("7d", "3d")])

    assert outbox.ended_kinds(box, MessageState.FAILED, since=BEFORE) == {"reminder": 1, "status": 1}
    assert outbox.ended_ids(box, MessageState.FAILED, since=BEFORE) == (1, 2)
    assert outbox.ended_ids(box, MessageState.FAILED, since=NOW) == ()
