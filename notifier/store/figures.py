"""Counting what is stored, for monitoring. Never an address, and never more numbers than there are kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Float, and_, case, cast, extract, func, select

from notifier.core.message import ON_THEIR_WAY, MessageState
from notifier.core.notice import NoticeKind
from notifier.core.reply import Fault
from notifier.core.subscription import SubscriberState
from notifier.store import alerts, subscribers
from notifier.store.changes import ReadingState
from notifier.store.list_tables import readings
from notifier.store.tables import attempts, messages, notices

OTHER_LEADS = "other"

# Upper bounds in seconds of how long after its due time a reminder was sent: within a minute, five, fifteen,
# an hour, four, a day, three days.
DELAYS = (60, 300, 900, 3600, 14_400, 86_400, 259_200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How much there is of everything.

    `waiting_since` is, by state, since when the oldest Message on its way could have left, or was first put
    off. `alerts` counts open
    ones by kind.
    """

    subscribers: Mapping[str, int]
    notices: Mapping[tuple[str, str], int]
    messages: Mapping[str, int]
    waiting_since: Mapping[str, datetime]
    alerts: Mapping[str, int]
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Reminders of one Lead that were sent, by the first of DELAYS (or none of them) they stayed within."""

    lead: str
    counts: tuple[int, ...]
    seconds: float


def stock(connection: Connection) -> Stock:
    """Count everything there is."""
    by_outcome = select(notices.c.kind, notices.c.outcome, func.count()).group_by(
        notices.c.kind, notices.c.outcome
    )
    by_state = select(messages.c.state, func.count(), func.min(messages.c.not_before)).group_by(
        messages.c.state
    )
    on_their_way = {state.value for state in ON_THEIR_WAY}
    stored = [tuple(row) for row in connection.execute(by_state)]
    # Each try moves the instant before which it may not leave.
    deferred = select(messages.c.state, func.min(messages.c.deferred_since)).group_by(messages.c.state)
    put_off = dict(map(tuple, connection.execute(deferred.where(messages.c.deferred_since.is_not(None)))))
    people = subscribers.count_by_state(connection)
    held = select(func.count()).select_from(readings).where(readings.c.state == ReadingState.HELD)
    return Stock(
        subscribers={str(state): people.get(state, 0) for state in SubscriberState},
        notices={(kind, outcome): n for kind, outcome, n in connection.execute(by_outcome)},
        messages=dict.fromkeys(map(str, MessageState), 0) | {state: n for state, n, _ in stored},
        waiting_since={
            state: min(oldest, put_off.get(state, oldest))
            for state, _, oldest in stored
            if state in on_their_way
        },
        alerts=_by_kind([alert.key for alert in alerts.open_alerts(connection)]),
        held=connection.scalar(held) or 0,
    )


def _by_kind(keys: Sequence[str]) -> dict[str, int]:
    """What stands before the colon names the kind; what stands behind it has no bound."""
    kinds = [key.partition(":")[0] for key in keys]
    return {kind: kinds.count(kind) for kind in kinds}


def newest_attempt(connection: Connection) -> int:
    """The number of the newest transmission, 0 when there was none."""
    return connection.scalar(select(func.max(attempts.c.id))) or 0


def verdicts(connection: Connection, *, after: int, until: int) -> dict[tuple[str, str], int]:
    """How the transmissions with these numbers ended, by whose fault and how far they came."""
    counted = (
        select(attempts.c.fault, attempts.c.phase, func.count())
        .where(attempts.c.id > after, attempts.c.id <= until)
        .group_by(attempts.c.fault, attempts.c.phase)
    )
    return {(fault, phase): count for fault, phase, count in connection.execute(counted)}


def delays(connection: Connection, *, after: int, until: int, leads: Sequence[str]) -> tuple[Delays, ...]:
    """How late the reminders among these transmissions were sent; Leads that are not named count as one."""
    dialect = connection.dialect.name
    late = _seconds(attempts.c.at, dialect) - _seconds(notices.c.due, dialect)
    lead = case((notices.c.lead.in_(leads), notices.c.lead), else_=OTHER_LEADS)
    within = case(*((late <= bound, index) for index, bound in enumerate(DELAYS)), else_=len(DELAYS))
    told = and_(
        attempts.c.id > after,
        attempts.c.id <= until,
        attempts.c.fault == Fault.NONE.value,
        notices.c.kind == NoticeKind.REMINDER.value,
    )
    # Named columns, so that both databases group by the expression and not by its bound values.
    one = (
        select(lead.label("lead"), within.label("within"), late.label("late"))
        .select_from(attempts.join(notices, notices.c.message_id == attempts.c.message_id))
        .where(told)
        .subquery()
    )
    counted = select(one.c.lead, one.c.within, func.count(), func.sum(one.c.late)).group_by(
        one.c.lead, one.c.within
    )
    found: dict[str, list[float]] = {}
    for name, index, count, seconds in connection.execute(counted):
        row = found.setdefault(name, [0.0] * (len(DELAYS) + 2))
        row[index] += count
        row[-1] += seconds
    return tuple(
        Delays(lead=name, counts=tuple(int(n) for n in row[:-1]), seconds=row[-1])
        for name, row in sorted(found.items())
    )


def _seconds(instant: Column[datetime], dialect: str) -> ColumnElement[float]:
    """An instant as a number of seconds, for subtracting."""
    if dialect == "sqlite":
        return cast(func.julianday(instant) * 86400.0, Float)
    return cast(extract("epoch", instant), Float)
