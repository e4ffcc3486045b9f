"""The Ledger: Notices issued, each with its outcome. `store.planning` makes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from notifier.core.cadence import parse_lead
from notifier.core.message import ON_THEIR_WAY
from notifier.core.notice import REMINDERS, Notice, NoticeKind, Outcome, Step
from notifier.core.plan import NEWS
from notifier.store.columns import Instant, Members
from notifier.store.given import among, given, parameters
from notifier.store.tables import messages, notices, steps
from notifier.store.upsert import insert_into

# What `_notice` reads, in its order.
_COLUMNS: Final = tuple(
    notices.c[name]
    for name in (
        *("id", "subscriber_id", "deadline", "kind", "due", "lead", "spoken", "revision", "expires"),
        *("outcome", "reason", "decided_at", "message_id"),
    )
)
_WITH_COPIES = select(*_COLUMNS, func.coalesce(messages.c.copies, 0)).join_from(
    notices, messages, messages.c.id == notices.c.message_id, isouter=True
)


def finished_steps(connection: Connection) -> frozenset[tuple[str, str, str, str, int, str]]:
    """The marks of every FanOut that is finished."""
    columns = (
        steps.c.deadline,
        steps.c.kind,
        steps.c.lead,
        steps.c.spoken,
        steps.c.revision,
        steps.c.cadence,
    )
    return frozenset(tuple(row) for row in connection.execute(select(*columns)))


def finish_steps(
    connection: Connection, marks: Collection[tuple[str, str, str, str, int, str]], now: datetime
) -> None:
    """Record that FanOuts have reached everybody they concern."""
    names = ("deadline", "kind", "lead", "spoken", "revision", "cadence")
    rows = [dict(zip(names, mark, strict=True)) | {"finished_at": now} for mark in marks]
    if rows:
        connection.execute(insert_into(connection, steps).on_conflict_do_nothing(), rows)


def close(connection: Connection, decisions: Sequence[tuple[int, Outcome, str]], now: datetime) -> None:
    """Give Notices (by id) their outcome and reason, if they are still owed."""
    rows = [
        {"id": notice_id, "outcome": outcome.value, "reason": reason[:200]}
        for notice_id, outcome, reason in decisions
    ]
    if rows:
        name = connection.dialect.name
        for varying, chosen in parameters(name, rows, varying=("id",)):
            connection.execute(_closing(name, varying), {"at": now, **chosen})


@cache
def _closing(dialect_name: str, varying: tuple[str, ...] | None) -> Update:
    row = given(dialect_name, {"id": BigInteger, "outcome": String, "reason": String}, varying=varying).c
    values = {"outcome": row.outcome, "reason": row.reason, "decided_at": bindparam("at", type_=Instant)}
    return update(notices).where(notices.c.id == row.id, notices.c.outcome == Outcome.OWED).values(values)


def close_messages(
    connection: Connection, message_ids: Collection[int], outcome: Outcome, reason: str, now: datetime
) -> None:
    """Give all that these Messages still owe its outcome, also what cannot be read."""
    theirs = and_(notices.c.message_id.in_(message_ids), notices.c.outcome == Outcome.OWED)
    values = {"outcome": outcome.value, "reason": reason[:200], "decided_at": now}
    connection.execute(update(notices).where(theirs).values(values))


def loosen(connection: Connection, message_ids: Collection[int]) -> None:
    """Free owed Notices that joined a Message too late to travel in it, so that the next run bundles them."""
    still_owed = and_(among(connection, notices.c.message_id, message_ids), notices.c.outcome == Outcome.OWED)
    connection.execute(update(notices).where(still_owed).values(message_id=None))


def stranded(connection: Connection) -> tuple[int, ...]:
    """Messages (by id) that ended while a Notice of theirs is owed still, so that it would be told to nobody."""
    ended = and_(messages.c.id == notices.c.message_id, messages.c.state.not_in(ON_THEIR_WAY))
    found = select(notices.c.message_id).join(messages, ended).where(notices.c.outcome == Outcome.OWED)
    return tuple(connection.scalars(found.distinct()))


def owed_by_message(connection: Connection, message_ids: Collection[int]) -> tuple[Notice, ...]:
    """Every owed Notice of these Messages."""
    chosen = and_(among(connection, notices.c.message_id, message_ids), notices.c.outcome == Outcome.OWED)
    rows = connection.execute(_WITH_COPIES.where(chosen)).all()
    return tuple([_notice(row) for row in rows])


def news_of(
    connection: Connection, pairs: Collection[tuple[int, str]], known: Collection[int]
) -> tuple[Notice, ...]:
    """All news Notices, whatever their outcome, of these (Subscriber id, Deadline key) pairs, but for those that are
    `known`, by their ids."""
    return _about(connection, pairs, known, notices.c.kind.in_([*NEWS.values()]))


def reminders_of(
    connection: Connection,
    pairs: Collection[tuple[int, str]],
    known: Collection[int],
    *,
    since: datetime,
) -> tuple[Notice, ...]:
    """The same of reminders, also escalations, that are owed, or were sent since an instant."""
    sent = and_(notices.c.outcome == Outcome.SENT, notices.c.decided_at >= since)
    told_or_to_come = or_(notices.c.outcome == Outcome.OWED, sent)
    return _about(connection, pairs, known, and_(notices.c.kind.in_(REMINDERS), told_or_to_come))


def _about(
    connection: Connection,
    pairs: Collection[tuple[int, str]],
    known: Collection[int],
    condition: ColumnElement[bool],
) -> tuple[Notice, ...]:
    if not pairs:
        return ()
    # Asking for each pair takes longer than passing over the few others.
    chosen = and_(
        among(connection, notices.c.subscriber_id, {subscriber_id for subscriber_id, _ in pairs}),
        notices.c.deadline.in_({deadline for _, deadline in pairs}),
        condition,
    )
    rows = connection.execute(_WITH_COPIES.where(chosen)).all()
    return tuple([_notice(row) for row in rows if row[0] not in known and (row[1], row[2]) in pairs])


def of_subscriber(connection: Connection, subscriber_id: int, change_id: str) -> tuple[Notice, ...]:
    """The Ledger on one Subscriber and one Change, with their standing Notices, oldest first."""
    about = or_(notices.c.deadline.startswith(f"{change_id}/", autoescape=True), notices.c.deadline == "")
    chosen = select(notices).where(notices.c.subscriber_id == subscriber_id, about)
    return tuple(notice_of(row) for row in connection.execute(chosen.order_by(notices.c.due, notices.c.id)))


def notice_of(row: Any) -> Notice:
    """A row as a value."""
    return _notice([*(getattr(row, each.name) for each in _COLUMNS), 0])


def _notice(values: Iterable[Any]) -> Notice:
    """The Notice in the values of _COLUMNS, and the copies of its Message."""
    # Taken apart at once: to ask a row for each column by its name takes longer than all else here.
    number, subscriber_id, deadline, kind, due, lead, spoken, revision, expires, *more = values
    outcome, reason, decided_at, message_id, copies = more
    return Notice(
        id=number,
        subscriber_id=subscriber_id,
        step=_step((deadline, kind, due, lead, spoken, revision, expires)),
        outcome=_OUTCOMES[outcome],
        reason=reason,
        decided_at=decided_at,
        message_id=message_id,
        copies=copies,
    )


_OUTCOMES: Final = Members(Outcome)


@lru_cache(maxsize=1_000)
def _step(said: tuple[str, str, datetime, str, str, int, datetime | None]) -> Step:
    """What many rows say of their step, made once."""
    deadline, kind, due, lead, spoken, revision, expires = said
    return Step(
        deadline=deadline,
        kind=NoticeKind(kind),
        due=due,
        lead=parse_lead(lead) if lead else None,
        spoken=spoken,
        revision=revision,
        expires=expires,
    )
