"""Reports that were sent, each once in its week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from notifier.store.answer_tables import reports
from notifier.store.upsert import insert_into


def sent_in(connection: Connection, week: str) -> frozenset[str]:
    """The names of the reports that were sent in a week."""
    return frozenset(connection.scalars(select(reports.c.name).where(reports.c.week == week)))


def mark_sent(connection: Connection, name: str, week: str, *, now: datetime) -> None:
    """Remember that a report was sent."""
    row = {"name": name, "week": week, "sent_at": now}
    connection.execute(insert_into(connection, reports).on_conflict_do_nothing(), row)
