"""The Ledger: Notices issued, each with its outcome.

Planning is set-based. One INSERT … SELECT a FanOut and slice of Subscribers records what is owed (it repeats
`core.plan.concerns` in SQL; a property test holds the two together), and the Notices of one run are bundled
into Messages in the same transaction. The UNIQUE key makes it once, whoever plans.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)

from notifier.core.cadence import parse_lead
from notifier.core.message import MessageState
from notifier.core.notice import Notice, NoticeKind, Outcome, Step
from notifier.core.plan import FanOut
from notifier.core.subscription import Scope, SubscriberState
from notifier.store.tables import messages, notices, steps, subscribers, subscriptions
from notifier.store.upsert import insert_into

SLICE = 5_000

_COLUMNS = (
    "subscriber_id", "deadline", "kind", "lead", "spoken", "revision", "due", "expires", "outcome", "reason",
    "decided_at",
)  # fmt: skip


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


def next_slice(connection: Connection, after: int) -> int | None:
    """The last Subscriber id of the next slice behind `after`, None when there is nobody left."""
    ids = select(subscribers.c.id).where(subscribers.c.id > after).order_by(subscribers.c.id).limit(SLICE)
    last: int | None = connection.scalar(select(func.max(ids.subquery().c.id)))
    return last


def concerned(fan_out: FanOut) -> Any:
    """The condition on a Subscriber's row under which the step concerns them: `core.plan.concerns` in SQL."""
    due = fan_out.step.due
    follows = exists().where(
        subscriptions.c.subscriber_id == subscribers.c.id,
        subscriptions.c.since < due,
        or_(
            subscriptions.c.scope == Scope.EVERYTHING,
            and_(subscriptions.c.scope == Scope.SERVICE, subscriptions.c.target == fan_out.service),
            and_(subscriptions.c.scope == Scope.CHANGE, subscriptions.c.target == fan_out.change_id),
        ),
    )
    present = or_(
        subscribers.c.state.in_([SubscriberState.ACTIVE, SubscriberState.SUSPENDED]),
        and_(subscribers.c.state == SubscriberState.LEFT, subscribers.c.ended_at > due),
    )
    conditions = [subscribers.c.joined_at < due, present, follows]
    if fan_out.cadence is not None:
        conditions.append(func.coalesce(subscribers.c.cadence, "") == fan_out.cadence)
    if fan_out.step.kind is NoticeKind.REMINDER:
        took_effect = subscribers.c.cadence_since
        conditions.append(or_(took_effect.is_(None), took_effect < due))
    return and_(*conditions)


def count_concerned(connection: Connection, fan_out: FanOut) -> int:
    """How many active Subscribers a step would be told to."""
    active = subscribers.c.state == SubscriberState.ACTIVE
    counted = select(func.count()).select_from(subscribers).where(active, concerned(fan_out))
    return connection.scalar(counted) or 0


def fan_out_slice(connection: Connection, fan_out: FanOut, *, after: int, upto: int, now: datetime) -> int:
    """Record one step for the Subscribers of one slice; answers how many rows were new."""
    chosen = _rows(fan_out, now).where(subscribers.c.id > after, subscribers.c.id <= upto)
    statement = insert_into(connection, notices).from_select(_COLUMNS, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _rows(fan_out: FanOut, now: datetime) -> Select[Any]:
    step = fan_out.step
    outcome = case(
        (subscribers.c.state == SubscriberState.SUSPENDED, Outcome.SUSPENDED.value),
        (subscribers.c.state == SubscriberState.LEFT, Outcome.LEFT.value),
        else_=fan_out.outcome.value,
    )
    values = {
        "deadline": step.deadline,
        "kind": step.kind.value,
        "lead": str(step.lead or ""),
        "spoken": step.spoken,
        "revision": step.revision,
        "due": step.due,
        "expires": step.expires,
    }
    fixed = [literal(value, notices.c[name].type).label(name) for name, value in values.items()]
    reason = literal(fan_out.reason, notices.c.reason.type)
    decided = literal(now, notices.c.decided_at.type)
    return select(subscribers.c.id, *fixed, outcome, reason, decided).where(concerned(fan_out))


def bundle(connection: Connection, *, after: int, upto: int, now: datetime, is_open: bool) -> None:
    """Put every owed Notice of a slice that travels in no Message yet into one: a waiting one, or a new one.

    A waiting Message that may leave at any time takes reminders along only while the sending hours are open.
    The rows of waiting Messages are locked first, so that none is claimed while it is being filled.
    """
    loose = and_(notices.c.outcome == Outcome.OWED, notices.c.message_id.is_(None))
    within = and_(loose, notices.c.subscriber_id > after, notices.c.subscriber_id <= upto)
    if connection.scalar(select(exists().where(within))) is not True:
        return
    waiting = and_(
        messages.c.state == MessageState.PENDING,
        messages.c.copies == 0,
        messages.c.letter.is_(None),
        or_(messages.c.anytime.is_(False), true() if is_open else false()),
        messages.c.subscriber_id > after,
        messages.c.subscriber_id <= upto,
    )
    if connection.dialect.name == "postgresql":
        connection.execute(select(messages.c.id).where(waiting).with_for_update()).all()
    has_waiting = exists().where(waiting, messages.c.subscriber_id == notices.c.subscriber_id)
    fresh = (
        select(notices.c.subscriber_id, literal(MessageState.PENDING.value), false(), *_thrice(now))
        .where(within, ~has_waiting)
        .distinct()
    )
    columns = ("subscriber_id", "state", "anytime", "created_at", "not_before", "state_at")
    connection.execute(insert(messages).from_select(columns, fresh))
    newest = select(func.max(messages.c.id)).where(
        waiting, messages.c.subscriber_id == notices.c.subscriber_id
    )
    connection.execute(update(notices).where(within).values(message_id=newest.scalar_subquery()))
    _set_expiry(connection, waiting)


def set_expiry(connection: Connection, message_ids: Collection[int]) -> None:
    """Let these Messages come too late when the first of the Notices that they still owe does."""
    _set_expiry(connection, messages.c.id.in_(message_ids))


def has_loose(connection: Connection) -> bool:
    """Whether any owed Notice travels in no Message yet."""
    loose = and_(notices.c.outcome == Outcome.OWED, notices.c.message_id.is_(None))
    return bool(connection.scalar(select(exists().where(loose))))


def _thrice(now: datetime) -> list[Any]:
    return [literal(now, messages.c.created_at.type).label(f"at{n}") for n in range(3)]


def _set_expiry(connection: Connection, waiting: Any) -> None:
    soonest = select(func.min(notices.c.expires)).where(
        notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.OWED
    )
    connection.execute(update(messages).where(waiting).values(expires=soonest.scalar_subquery()))


def expire_overdue(connection: Connection, now: datetime) -> tuple[int, frozenset[int]]:
    """Close owed Notices whose day is over while their Message still waits.

    Answers how many expired, and the Messages of the others: those of which a copy left without an answer.
    """
    waits = and_(messages.c.id == notices.c.message_id, messages.c.state == MessageState.PENDING)
    late = and_(notices.c.outcome == Outcome.OWED, notices.c.expires <= now)
    reason = "its day was over before it was sent"
    expired = connection.execute(
        update(notices)
        .where(late, exists().where(waits, messages.c.copies == 0))
        .values(outcome=Outcome.EXPIRED.value, reason=reason, decided_at=now)
    ).rowcount
    unknown = connection.scalars(
        update(notices)
        .where(late, exists().where(waits, messages.c.copies > 0))
        .values(
            outcome=Outcome.UNKNOWN.value, reason=f"{reason} again; a copy may have arrived", decided_at=now
        )
        .returning(notices.c.message_id)
    )
    return expired, frozenset(unknown)


def count_expired(connection: Connection, *, since: datetime) -> int:
    """How many Notices came too late since an instant."""
    late = and_(notices.c.outcome == Outcome.EXPIRED, notices.c.decided_at >= since)
    return connection.scalar(select(func.count()).select_from(notices).where(late)) or 0


def close(connection: Connection, decisions: Sequence[tuple[int, Outcome, str]], now: datetime) -> None:
    """Give Notices (by id) their outcome and reason, if they are still owed."""
    by_outcome: dict[tuple[Outcome, str], list[int]] = {}
    for notice_id, outcome, reason in decisions:
        by_outcome.setdefault((outcome, reason), []).append(notice_id)
    for (outcome, reason), ids in by_outcome.items():
        still_owed = and_(notices.c.id.in_(ids), notices.c.outcome == Outcome.OWED)
        values = {"outcome": outcome.value, "reason": reason[:200], "decided_at": now}
        connection.execute(update(notices).where(still_owed).values(values))


def close_messages(
    connection: Connection, message_ids: Collection[int], outcome: Outcome, reason: str, now: datetime
) -> None:
    """Give all that these Messages still owe its outcome, also what cannot be read."""
    theirs = and_(notices.c.message_id.in_(message_ids), notices.c.outcome == Outcome.OWED)
    values = {"outcome": outcome.value, "reason": reason[:200], "decided_at": now}
    connection.execute(update(notices).where(theirs).values(values))


def loosen(connection: Connection, message_ids: Collection[int]) -> None:
    """Free owed Notices that joined a Message too late to travel in it, so that the next run bundles them."""
    still_owed = and_(notices.c.message_id.in_(message_ids), notices.c.outcome == Outcome.OWED)
    connection.execute(update(notices).where(still_owed).values(message_id=None))


def owed_by_message(connection: Connection, message_ids: Collection[int]) -> tuple[Notice, ...]:
    """Every owed Notice of these Messages."""
    chosen = and_(notices.c.message_id.in_(message_ids), notices.c.outcome == Outcome.OWED)
    return tuple(notice_of(row) for row in connection.execute(select(notices).where(chosen)))


def news_of(connection: Connection, pairs: Collection[tuple[int, str]]) -> tuple[Notice, ...]:
    """All news Notices, whatever their outcome, of these (Subscriber id, Deadline key) pairs."""
    if not pairs:
        return ()
    news = notices.c.kind.not_in([NoticeKind.REMINDER, NoticeKind.STANDING])
    chosen = and_(news, tuple_(notices.c.subscriber_id, notices.c.deadline).in_(list(pairs)))
    return tuple(notice_of(row) for row in connection.execute(select(notices).where(chosen)))


def reminders_of(
    connection: Connection, pairs: Collection[tuple[int, str]], *, since: datetime
) -> tuple[Notice, ...]:
    """Reminders that are owed, or were sent since an instant, of these (Subscriber id, Deadline key) pairs."""
    if not pairs:
        return ()
    sent = and_(notices.c.outcome == Outcome.SENT, notices.c.decided_at >= since)
    chosen = and_(
        notices.c.kind == NoticeKind.REMINDER,
        tuple_(notices.c.subscriber_id, notices.c.deadline).in_(list(pairs)),
        or_(notices.c.outcome == Outcome.OWED, sent),
    )
    return tuple(notice_of(row) for row in connection.execute(select(notices).where(chosen)))


def of_subscriber(connection: Connection, subscriber_id: int, change_id: str) -> tuple[Notice, ...]:
    """The Ledger on one Subscriber and one Change, with their standing Notices, oldest first."""
    about = or_(notices.c.deadline.startswith(f"{change_id}/", autoescape=True), notices.c.deadline == "")
    chosen = select(notices).where(notices.c.subscriber_id == subscriber_id, about)
    return tuple(notice_of(row) for row in connection.execute(chosen.order_by(notices.c.due, notices.c.id)))


def count_by_outcome(connection: Connection) -> dict[tuple[str, str], int]:
    """How many Notices of each kind have each outcome."""
    grouped = select(notices.c.kind, notices.c.outcome, func.count()).group_by(
        notices.c.kind, notices.c.outcome
    )
    return {(kind, outcome): count for kind, outcome, count in connection.execute(grouped)}


def notice_of(row: Any) -> Notice:
    """A row as a value."""
    return Notice(
        id=row.id,
        subscriber_id=row.subscriber_id,
        step=Step(
            deadline=row.deadline,
            kind=NoticeKind(row.kind),
            due=row.due,
            lead=parse_lead(row.lead) if row.lead else None,
            spoken=row.spoken,
            revision=row.revision,
            expires=row.expires,
        ),
        outcome=Outcome(row.outcome),
        reason=row.reason,
        decided_at=row.decided_at,
        message_id=row.message_id,
    )
