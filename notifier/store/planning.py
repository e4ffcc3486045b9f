"""Planning in SQL: what is owed is recorded for everybody it concerns and bundled into Messages.

Set-based, a slice of Subscribers in a transaction. It repeats `core.plan.concerns` in SQL; a property test holds the
two together. FanOuts that concern the same people but for what these follow are recorded by one statement:

1. whoever is newly owed something, and has no Message that waits, gets one;
2. INSERT … SELECT makes the Notices, the owed ones in their Message from the start. The UNIQUE key makes
   each once, whoever plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Subquery,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)

from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import STEP, STEPS_TOGETHER, present, steps_by_topic
from notifier.store.expiring import hasten_expiry, set_waiting_expiry
from notifier.store.following import followed_before, topic_followed, topics_covering, topics_say_all
from notifier.store.tables import messages, notices, subscribers, subscriptions
from notifier.store.upsert import insert_into

# So many people's rows of a few steps stay within SQLite's page cache, and the database is locked for a blink.
SLICE = 10_000

_STEP = (*STEP, "reason")
_NOTICE = ("subscriber_id", *_STEP, "decided_at", "outcome", "message_id")
_MESSAGE = ("subscriber_id", "state", "anytime", "created_at", "not_before", "state_at", "expires")

# Written out, since a parameter would hide from SQLite that the index of loose Notices serves.
_LOOSE = and_(notices.c.outcome == literal_column(f"'{Outcome.OWED}'"), notices.c.message_id.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Subscribers with ids behind `after` up to and with `upto`."""

    after: int
    upto: int

    def holds(self, subscriber_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition on a Subscriber's id."""
        return and_(subscriber_id > self.after, subscriber_id <= self.upto)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """How many Notices were new, and how many of these came too late."""

    recorded: int = 0
    expired: int = 0


def next_slice(connection: Connection, after: int) -> Slice | None:
    """The next Subscribers behind an id, None when there is nobody left."""
    ids = select(subscribers.c.id).where(subscribers.c.id > after).order_by(subscribers.c.id).limit(SLICE)
    last: int | None = connection.scalar(select(func.max(ids.subquery().c.id)))
    return None if last is None else Slice(after=after, upto=last)


def has_loose(connection: Connection) -> bool:
    """Whether any owed Notice travels in no Message yet."""
    return bool(connection.scalar(select(exists().where(_LOOSE))))


def plan_slice(
    connection: Connection, due: Iterable[FanOut], within: Slice, *, now: datetime, is_open: bool
) -> Planned:
    """Record steps for the Subscribers of one slice, and put every owed Notice of theirs into a Message.

    A Message that waits takes them along; one that may leave at any time does so only while the sending hours are open.
    The rows of waiting Messages are locked first, so that none is claimed while it is being filled.
    """
    waiting = _waiting(within, is_open=is_open)
    if connection.dialect.name == "postgresql":
        connection.execute(select(messages.c.id).where(waiting).with_for_update()).all()
    recorded = expired = 0
    soonest: list[datetime] = []
    _bundle_loose(connection, within, waiting, now)
    # Where nobody excludes anything, as nearly everywhere, looking for it would take a fifth of the time.
    by_topics = topics_say_all(connection, within.holds)
    with _joining_whole_slices(connection):
        for alike in _alike(due):
            outcome = alike[0].outcome
            steps = _steps(connection, alike)
            followed = _followed(alike[0], steps, within, by_topics=by_topics)
            if outcome is Outcome.OWED:
                _open_messages(connection, alike, steps, within, followed=followed, waiting=waiting, now=now)
            rows = _record(connection, alike[0], steps, within, followed=followed, waiting=waiting, now=now)
            recorded += rows
            expired += rows if outcome is Outcome.EXPIRED else 0
            if rows and outcome is Outcome.OWED:
                soonest += [fan_out.step.expires for fan_out in alike if fan_out.step.expires]
    if soonest:
        hasten_expiry(connection, waiting, soonest=min(soonest))
    _forget_empty(connection, waiting, made_at=now)
    return Planned(recorded=recorded, expired=expired)


@contextmanager
def _joining_whole_slices(connection: Connection) -> Iterator[None]:
    """Keep PostgreSQL from looking through all new rows for each Subscriber.

    What it counted in its tables is from before this transaction filled them, so that it expects a few rows; and what
    it counted while they were empty can hold for long. By hash or merge a slice costs the same whatever it expects.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    if is_postgresql:
        connection.execute(text("SET LOCAL enable_nestloop TO DEFAULT"))


def _alike(due: Iterable[FanOut]) -> list[Sequence[FanOut]]:
    """FanOuts with one outcome that concern the same people but for what these follow."""
    found: dict[object, list[FanOut]] = {}
    for fan_out in due:
        is_reminder = fan_out.step.kind is NoticeKind.REMINDER
        key = (fan_out.step.due, fan_out.cadence, is_reminder, fan_out.outcome)
        found.setdefault(key, []).append(fan_out)
    return [
        together[start : start + STEPS_TOGETHER]
        for together in found.values()
        for start in range(0, len(together), STEPS_TOGETHER)
    ]


def _steps(connection: Connection, alike: Sequence[FanOut]) -> Subquery:
    return steps_by_topic(
        connection,
        (
            (each.step, topics_covering(each.change_id, each.service), {"reason": each.reason})
            for each in alike
        ),
        beside={"reason": String},
    )


def _followed(shared: FanOut, steps: Subquery, within: Slice, *, by_topics: bool) -> ColumnElement[bool]:
    """The condition on rows of Subscribers, Subscriptions and steps that the step's Change was followed in time."""
    due = shared.step.due
    in_time = subscriptions.c.since < due
    return and_(
        within.holds(subscriptions.c.subscriber_id),
        subscriptions.c.subscriber_id == subscribers.c.id,
        in_time if by_topics else followed_before(steps.c.service, steps.c.change, due),
    )


def _waiting(within: Slice, *, is_open: bool) -> ColumnElement[bool]:
    """The slice's Messages that take more Notices along."""
    return and_(
        within.holds(messages.c.subscriber_id),
        # Wrapped, lest SQLite read all that wait, by the state's index, in place of the slice.
        func.coalesce(messages.c.state, "") == MessageState.PENDING,
        messages.c.copies == 0,
        # What was put off may fail any day, and what is in it with it.
        messages.c.deferred_since.is_(None),
        messages.c.letter.is_(None),
        or_(messages.c.anytime.is_(False), true() if is_open else false()),
    )


def _bundle_loose(connection: Connection, within: Slice, waiting: ColumnElement[bool], now: datetime) -> None:
    """Put owed Notices that travel in no Message into one."""
    loose = and_(_LOOSE, within.holds(notices.c.subscriber_id))
    if not connection.scalar(select(exists().where(loose))):
        return
    has_waiting = exists().where(waiting, messages.c.subscriber_id == notices.c.subscriber_id)
    lonely = select(notices.c.subscriber_id, *_new_message(now)).where(loose, ~has_waiting).distinct()
    connection.execute(insert(messages).from_select(_MESSAGE, lonely))
    theirs = and_(waiting, messages.c.subscriber_id == notices.c.subscriber_id)
    newest = select(func.max(messages.c.id)).where(theirs).scalar_subquery()
    connection.execute(update(notices).where(loose).values(message_id=newest))
    set_waiting_expiry(connection, waiting)


def _open_messages(
    connection: Connection,
    alike: Sequence[FanOut],
    steps: Subquery,
    within: Slice,
    *,
    followed: ColumnElement[bool],
    waiting: ColumnElement[bool],
    now: datetime,
) -> None:
    """One for each active Subscriber who is newly owed a step and has none that waits."""
    known = exists().where(
        within.holds(notices.c.subscriber_id),
        notices.c.subscriber_id == subscriptions.c.subscriber_id,
        *(notices.c[name] == steps.c[name] for name in ("deadline", "kind", "lead", "spoken", "revision")),
    )
    is_owed = (
        exists()
        .select_from(subscriptions.join(steps, steps.c.topic == topic_followed()))
        .where(followed, ~known.correlate(subscriptions, steps))
    )
    has_waiting = exists().where(waiting, messages.c.subscriber_id == subscribers.c.id)
    # Where all are over at once, as dates of one day are, the Message need not be written a second time.
    ends = {each.step.expires for each in alike}
    expires = ends.pop() if len(ends) == 1 else None
    lonely = select(subscribers.c.id, *_new_message(now, expires=expires)).where(
        within.holds(subscribers.c.id),
        # Wrapped, lest SQLite read everybody by the state's index, in place of the slice.
        func.coalesce(subscribers.c.state, "") == SubscriberState.ACTIVE,
        present(alike[0]),
        ~has_waiting,
        is_owed.correlate(subscribers),
    )
    connection.execute(insert(messages).from_select(_MESSAGE, lonely))


def _new_message(now: datetime, *, expires: datetime | None = None) -> list[Any]:
    instants = [literal(at, messages.c.created_at.type) for at in (now, now, now, expires)]
    labelled = [instant.label(f"at{number}") for number, instant in enumerate(instants)]
    return [literal(MessageState.PENDING.value), false(), *labelled]


def _record(
    connection: Connection,
    shared: FanOut,
    steps: Subquery,
    within: Slice,
    *,
    followed: ColumnElement[bool],
    waiting: ColumnElement[bool],
    now: datetime,
) -> int:
    """Make the Notices; answers how many were new."""
    newest = select(messages.c.subscriber_id, func.max(messages.c.id).label("id")).where(waiting)
    theirs = newest.group_by(messages.c.subscriber_id).subquery("waiting")
    outcome = case(
        (subscribers.c.state == SubscriberState.SUSPENDED, Outcome.SUSPENDED.value),
        (subscribers.c.state == SubscriberState.LEFT, Outcome.LEFT.value),
        else_=shared.outcome.value,
    )
    is_owed = true() if shared.outcome is Outcome.OWED else false()
    travels_in = case((and_(subscribers.c.state == SubscriberState.ACTIVE, is_owed), theirs.c.id))
    source = (
        subscribers.join(theirs, theirs.c.subscriber_id == subscribers.c.id, isouter=True)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .join(steps, steps.c.topic == topic_followed())
    )
    decided_at = literal(now, notices.c.decided_at.type)
    chosen = (
        select(subscribers.c.id, *(steps.c[name] for name in _STEP), decided_at, outcome, travels_in)
        .select_from(source)
        .where(within.holds(subscribers.c.id), present(shared), followed)
        # In their order the table and its indexes grow at their ends; step by step they would be rewritten.
        .order_by(subscribers.c.id)
    )
    statement = insert_into(connection, notices).from_select(_NOTICE, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _forget_empty(connection: Connection, waiting: ColumnElement[bool], *, made_at: datetime) -> None:
    """Drop those of the Messages made just now whose Notices another node recorded meanwhile."""
    if connection.dialect.name == "postgresql":
        carries = exists().where(notices.c.message_id == messages.c.id)
        connection.execute(delete(messages).where(waiting, messages.c.created_at == made_at, ~carries))
