"""Escalating in SQL: the reminder that a silent Vendor is owed, for its contacts who do not follow the Change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut
from notifier.core.subscription import SubscriberState
from notifier.store.following import follows_any
from notifier.store.tables import notices, subscribers
from notifier.store.upsert import insert_into


def vendors_with_contacts(connection: Connection) -> frozenset[str]:
    """The ids of all Vendors that have anybody to tell."""
    chosen = select(subscribers.c.vendor_id).where(
        subscribers.c.vendor_id.is_not(None), subscribers.c.state == SubscriberState.ACTIVE
    )
    return frozenset(connection.scalars(chosen.distinct()))


def record(connection: Connection, due: FanOut, silent: Collection[str], *, now: datetime) -> int:
    """Record one reminder's step for the contacts of these Vendors who do not follow the Change, under their own
    Leads as far as these are the step's; answers how many were new. The next bundling takes them along."""
    step = {
        "deadline": due.step.deadline,
        "kind": NoticeKind.ESCALATION.value,
        "lead": str(due.step.lead or ""),
        "spoken": due.step.spoken,
        "due": due.step.due,
        "expires": due.step.expires,
        "outcome": Outcome.OWED.value,
        "decided_at": now,
    }
    chosen = select(
        subscribers.c.id, *(literal(value, notices.c[name].type) for name, value in step.items())
    ).where(_is_told_besides(connection, due, silent))
    columns = ("subscriber_id", *step)
    statement = insert_into(connection, notices).from_select(columns, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def count(connection: Connection, due: FanOut, silent: Collection[str]) -> int:
    """For how many contacts of these Vendors the same step is recorded once it is due."""
    counted = select(func.count()).select_from(subscribers).where(_is_told_besides(connection, due, silent))
    return connection.scalar(counted) or 0


def _is_told_besides(connection: Connection, due: FanOut, silent: Collection[str]) -> ColumnElement[bool]:
    took_effect = subscribers.c.cadence_since
    return and_(
        subscribers.c.vendor_id.in_(silent),
        subscribers.c.state == SubscriberState.ACTIVE,
        subscribers.c.joined_at < due.step.due,
        func.coalesce(subscribers.c.cadence, "") == (due.cadence or ""),
        or_(took_effect.is_(None), took_effect < due.step.due),
        # Whoever began to follow it later is not owed the reminder itself.
        ~follows_any(connection, [(due.change_id, due.service)], before=due.step.due),
    )
