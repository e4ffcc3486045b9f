"""Alerts: what operators must know, each under a key, until it is resolved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Integer, and_, case, cast, exists, null, or_, select, update

from notifier.store.tables import alerts
from notifier.store.upsert import insert_into


class Way(StrEnum):
    """How operators are told: in the log, by mail, by webhook."""

    LOGGED = "logged"
    MAILED = "mailed"
    POSTED = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something operators must know, raised `count` times since `first_at`."""

    id: int
    key: str
    text: str
    first_at: datetime
    last_at: datetime
    count: int
    logged_at: datetime | None
    mailed_at: datetime | None
    posted_at: datetime | None

    def told_at(self, way: Way) -> datetime | None:
        """When operators were last told of it in this way."""
        return {Way.LOGGED: self.logged_at, Way.MAILED: self.mailed_at, Way.POSTED: self.posted_at}[way]


def raise_alert(connection: Connection, *, key: str, text: str, now: datetime) -> None:
    """Raise it, or count it once more. One that was resolved, or says something new, is told anew."""
    row = {"key": key[:200], "text": text, "first_at": now, "last_at": now, "count": 1}
    insertion = insert_into(connection, alerts).values(row)
    was_resolved = alerts.c.resolved_at.is_not(None)
    is_news = or_(was_resolved, alerts.c.text != insertion.excluded.text)
    told = {name: case((is_news, null()), else_=alerts.c[name]) for name in _TOLD.values()}
    again = {
        "text": insertion.excluded.text,
        "last_at": insertion.excluded.last_at,
        "first_at": case((was_resolved, insertion.excluded.first_at), else_=alerts.c.first_at),
        "count": case((was_resolved, 1), else_=cast(alerts.c.count + 1, Integer)),
        "resolved_at": null(),
        **told,
    }
    connection.execute(insertion.on_conflict_do_update(index_elements=["key"], set_=again))


def is_known(connection: Connection, *, key: str) -> bool:
    """Whether it was ever raised, and is not yet forgotten."""
    return bool(connection.scalar(select(exists().where(alerts.c.key == key[:200]))))


def resolve(
    connection: Connection, *, key: str, now: datetime, raised_before: datetime | None = None
) -> bool:
    """It is over, unless it was raised since the instant `raised_before`; answers whether it was open."""
    still_open = [alerts.c.key == key[:200], alerts.c.resolved_at.is_(None)]
    if raised_before is not None:
        still_open.append(alerts.c.last_at < raised_before)
    over = update(alerts).where(*still_open).values(resolved_at=now)
    return bool(connection.execute(over).rowcount)


def open_alerts(connection: Connection) -> tuple[Alert, ...]:
    """Every Alert that is not resolved, oldest first."""
    return _alerts(connection, alerts.c.resolved_at.is_(None))


def untold(connection: Connection, way: Way) -> tuple[Alert, ...]:
    """Open Alerts that operators were not yet told in this way, oldest first."""
    return _alerts(connection, and_(alerts.c.resolved_at.is_(None), alerts.c[_TOLD[way]].is_(None)))


def mark_told(connection: Connection, ids: Collection[int], *, way: Way, now: datetime) -> None:
    """Remember that operators were told of these in this way."""
    connection.execute(update(alerts).where(alerts.c.id.in_(ids)).values({_TOLD[way]: now}))


_TOLD = {Way.LOGGED: "logged_at", Way.MAILED: "mailed_at", Way.POSTED: "posted_at"}
_COLUMNS = [column for column in alerts.c if column.name != "resolved_at"]


def _alerts(connection: Connection, condition: object) -> tuple[Alert, ...]:
    chosen = select(*_COLUMNS).where(condition).order_by(alerts.c.first_at, alerts.c.id)  # type: ignore[arg-type]
    return tuple(Alert(**row) for row in connection.execute(chosen).mappings())
