"""Taking Messages from the Outbox: claim, settle what each still has to tell, compose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Engine

from notifier.channels.channel import Parcel
from notifier.core.change import ChangeList
from notifier.core.message import Message, MessageState, header_id
from notifier.core.notice import Notice, NoticeKind, Outcome
from notifier.core.settle import Settled, settle
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.store import alerts, breakers, changes, installation, notices, outbox, subscribers
from notifier.store.engine import writing


class Compose(Protocol):
    """Make a Message's bytes from its Notices as they stand now."""

    def __call__(
        self,
        *,
        message: Message,
        subscriber: Subscriber,
        notices: Sequence[Notice],
        changes: ChangeList,
        now: datetime,
    ) -> Parcel:
        """The parcel for the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A composed Message and the Notices it carries."""

    message: Message
    notices: tuple[Notice, ...]
    parcel: Parcel

    def armed(self) -> Ready:
        """The same with the copy counted that is about to be transmitted."""
        return replace(self, message=replace(self.message, copies=self.message.copies + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was claimed, what of it is ready, and why nothing more was."""

    claimed: int
    ready: tuple[Ready, ...] = ()
    reading: int = 0
    dropped: int = 0
    stopped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Claimed Messages with everything that deciding and composing needs."""

    messages: tuple[Message, ...]
    settled: Mapping[int, Settled]
    subscribers: Mapping[int, Subscriber]
    changes: ChangeList
    reading: int


def take(
    *,
    engine: Engine,
    node: int,
    now: datetime,
    timing: Timing,
    compose: Compose,
    may_receive: Callable[[str], bool],
    id_suffix: str,
) -> Taken:
    """Claim what may leave now and compose it. What has nothing left to tell is closed."""
    with writing(engine) as connection:
        limit, stopped = _allowance(connection, now)
        if limit == 0:
            return Taken(claimed=0, stopped=stopped)
        batch = _claim(connection, node=node, now=now, timing=timing, limit=limit)
        if batch is None:
            return Taken(claimed=0)
        kept = _close_empty(connection, batch, may_receive, now)
    ready: list[Ready] = []
    for message in kept:
        told = batch.settled[message.id].kept
        stamped = replace(message, header_id=header_id(message, id_suffix))
        try:
            parcel = compose(
                message=stamped,
                subscriber=batch.subscribers[message.subscriber_id],
                notices=told,
                changes=batch.changes,
                now=now,
            )
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one Message must not stop the others
            _quarantine(engine, message, told, error, now)
        else:
            ready.append(Ready(message=message, notices=told, parcel=parcel))
    return Taken(
        claimed=len(batch.messages),
        ready=tuple(ready),
        reading=batch.reading,
        dropped=len(batch.messages) - len(kept),
    )


def _allowance(connection: Connection, now: datetime) -> tuple[int, str]:
    pause = installation.paused(connection)
    if pause is not None:
        return 0, f"paused: {pause.reason}"
    breaker = breakers.breaker(connection)
    allowed = breaker.allows(now)
    if allowed == 0:
        return 0, f"the relay is left alone until {breaker.open_until:%H:%M:%S} UTC: {breaker.reason}"
    return (outbox.CLAIM_LIMIT if allowed is None else allowed), ""


def _claim(connection: Connection, *, node: int, now: datetime, timing: Timing, limit: int) -> _Batch | None:
    current = changes.in_force(connection)
    if current is None:
        return None
    claimed = outbox.claim(
        connection,
        node=node,
        now=now,
        is_open=timing.is_open(now),
        next_opening=timing.next_opening(now),
        limit=limit,
    )
    if not claimed:
        return None
    people = subscribers.load(connection, [message.subscriber_id for message in claimed])
    settled = _settle(connection, claimed, people, current.changes, now)
    return _Batch(
        messages=claimed, settled=settled, subscribers=people, changes=current.changes, reading=current.id
    )


def _settle(
    connection: Connection,
    claimed: Sequence[Message],
    people: Mapping[int, Subscriber],
    current: ChangeList,
    now: datetime,
) -> dict[int, Settled]:
    history = changes.history(connection)
    owed: dict[int, list[Notice]] = {message.id: [] for message in claimed}
    for notice in notices.owed_by_message(connection, list(owed)):
        owed[notice.message_id or 0].append(notice)
    about = {
        (notice.subscriber_id, notice.step.deadline)
        for group in owed.values()
        for notice in group
        if notice.step.kind not in (NoticeKind.REMINDER, NoticeKind.STANDING)
    }
    heard: dict[int, list[Notice]] = {}
    for notice in notices.news_of(connection, about):
        heard.setdefault(notice.subscriber_id, []).append(notice)
    settled = {}
    for message in claimed:
        settled[message.id] = settle(
            notices=owed[message.id],
            earlier_news=[n for n in heard.get(message.subscriber_id, []) if n.message_id != message.id],
            subscriber=people[message.subscriber_id],
            changes=current,
            history=history,
            now=now,
        )
    dropped = [(drop.notice.id, drop.outcome, drop.reason) for s in settled.values() for drop in s.dropped]
    notices.close(connection, dropped, now)
    expired = sum(outcome is Outcome.EXPIRED for _, outcome, _ in dropped)
    if expired:
        text = f"{expired} notices could not be sent before their day was over; see notifier why"
        alerts.raise_alert(connection, key=f"expired:{now:%Y-%m-%d}", text=text, now=now)
    return settled


def _close_empty(
    connection: Connection, batch: _Batch, may_receive: Callable[[str], bool], now: datetime
) -> list[Message]:
    kept = []
    cancelled: list[Message] = []
    expired: list[Message] = []
    barred: list[Message] = []
    for message in batch.messages:
        settled = batch.settled[message.id]
        if not settled.kept:
            late = any(drop.outcome is Outcome.EXPIRED for drop in settled.dropped)
            (expired if late else cancelled).append(message)
        elif not may_receive(batch.subscribers[message.subscriber_id].address):
            barred.append(message)
        else:
            kept.append(message)
    outbox.end(connection, cancelled, MessageState.CANCELLED, reason="nothing left to tell", now=now)
    outbox.end(connection, expired, MessageState.EXPIRED, reason="its day was over", now=now)
    reason = "mail.only_to does not include this address"
    outbox.end(connection, barred, MessageState.CANCELLED, reason=reason, now=now)
    untold = [notice for message in barred for notice in batch.settled[message.id].kept]
    notices.close(connection, [(notice.id, Outcome.CANCELLED, reason) for notice in untold], now)
    return kept


def _quarantine(
    engine: Engine, message: Message, told: Sequence[Notice], error: Exception, now: datetime
) -> None:
    reason = f"it could not be composed ({type(error).__name__})"
    with writing(engine) as connection:
        outbox.end(connection, [message], MessageState.FAILED, reason=reason, now=now)
        notices.close(connection, [(notice.id, Outcome.FAILED, reason) for notice in told], now)
        text = (
            f"Message {message.id} was set aside, {reason}; after mending: notifier outbox retry {message.id}"
        )
        alerts.raise_alert(connection, key=f"failed:{message.id}", text=text, now=now)
