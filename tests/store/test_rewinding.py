"""What was stored by a clock that was ahead counts from when it is right again, and nothing else is altered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from notifier.store.engine import reading, writing
from notifier.store.rewinding import rewind
from notifier.store.tables import messages, notices, subscribers, subscriptions
from tests.store.people import MAY, join

AHEAD = timedelta(days=60)


def test_what_lies_ahead_is_brought_back_and_what_does_not_stays(database: Engine) -> None:
    join(database)
    with writing(database) as connection:
        assert rewind(connection, now=MAY + AHEAD) == 0
        early = MAY - AHEAD
        assert rewind(connection, now=early) > 0
        assert rewind(connection, now=early) == 0
    with reading(database) as connection:
        for column in (
            subscribers.c.joined_at, subscriptions.c.since, notices.c.due, messages.c.created_at, messages.c.not_before,
        ):  # fmt: skip
            assert set(connection.scalars(select(column))) == {early}
