"""The Outbox: stored Messages on their way, as a state machine in one table.

```
            claim            arm             record
  pending ────────▶ claimed ─────▶ transmitting ─────▶ sent | failed
   ▲  ▲                │                │ │
   │  └── owner dead ──┤                │ └── no reply, twice ──▶ unknown
   │                   └─ nothing left ─┼─▶ cancelled | expired
   └──── try later (copy taken back), or no reply, once (copy counts) ──┘
```

* **claim**: one transaction takes up to 500 waiting Messages for a node, which no other waits for or gets: owner, a
  fencing token that grows with every claim, and a lease on the database's own clock.
* **arm**: one transaction just before the wire: the token is still ours, the Subscriber still to be told, the list
  the one that was composed from, nothing paused. It counts a copy; a CHECK keeps copies within 0..2.
* **transmit**: no transaction is open. A failure before the final dot is provably undelivered.
* **record**: verdicts of many in one commit, each under its token: a node that lost its lease records nothing
  but the attempt, unless nobody has claimed the Message since. Where the commit's own answer was lost, the
  token tells that it took effect, and nothing is counted again.
* **recover**: a claimed Message of a dead owner waits again; a transmitting one may have been accepted, so it
  waits 15 minutes and is sent once more under the same Message-ID, then it is `unknown`.

Due times and waits use the caller's `now`; leases use the database's clock only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Insert,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from notifier.core.delivery import Transition
from notifier.core.message import MOST_COPIES, Message, MessageState
from notifier.core.rendering import Rendering, written
from notifier.core.reply import NOT_TRANSMITTED, Verdict
from notifier.store import letters, tokens, transitions
from notifier.store.columns import Instant
from notifier.store.engine import database_now
from notifier.store.given import among, given, parameter, parameters
from notifier.store.list_tables import readings
from notifier.store.messages import COLUMNS, message_of
from notifier.store.tables import attempts, installation, messages
from notifier.store.transitions import row_after
from notifier.store.waiting import newest, oldest

LEASE_SECONDS = 20 * 60.0
CLAIM_LIMIT = 500
BEHIND_LIMIT = 50


class Recorded(NamedTuple):
    """One Verdict and what it makes of its Message, to be written under the Message's token."""

    message: Message
    verdict: Verdict
    transition: Transition


def claim(
    connection: Connection,
    *,
    node: int,
    now: datetime,
    is_open: bool,
    next_opening: datetime,
    limit: int = CLAIM_LIMIT,
    probing: bool = False,
) -> tuple[Message, ...]:
    """Take waiting Messages for this node, oldest first, and few of the Letters that somebody can cause many of.

    Those come last and no more than BEHIND_LIMIT at a time, so that a flood of them keeps nobody's
    reminder from leaving. Outside the sending hours only those that may leave at any time, and those that
    would come too late if they waited for `next_opening`.

    `probing` takes first what was never put off, and the newest of that: what the relay refuses again and again
    keeps nothing from leaving that it would take.
    """
    given = {"at": now, "opening": next_opening, "most": limit}
    for come_last in (False, True) if probing else ():
        if fresh := _take(connection, newest(is_open=is_open, behind=come_last), given, node=node):
            return tuple(fresh)
    claimed = _take(connection, oldest(is_open=is_open, behind=False), given, node=node)
    few = min(limit - len(claimed), BEHIND_LIMIT)
    if few > 0:
        behind = oldest(is_open=is_open, behind=True)
        claimed += _take(connection, behind, {**given, "most": few}, node=node)
    return tuple(sorted(claimed, key=lambda message: (message.not_before, message.id)))


def _take(
    connection: Connection, first: Select[int], given: Mapping[str, Any], *, node: int
) -> list[Message]:
    waiting = connection.scalars(first, given).all()
    if not waiting:
        return []
    values = {
        "state": MessageState.CLAIMED.value,
        "owner": node,
        "token": messages.c.token + 1,
        "lease_until": database_now(connection.dialect.name) + LEASE_SECONDS,
        "state_at": given["at"],
    }
    taken = (
        update(messages).where(among(connection, messages.c.id, waiting)).values(values).returning(*COLUMNS)
    )
    return [message_of(row) for row in connection.execute(taken).all()]


def arm(
    connection: Connection,
    claimed: Sequence[Message],
    *,
    renderings: Mapping[int, Sequence[Rendering]] = MappingProxyType({}),
    reading: int,
    id_suffix: str,
    now: datetime,
) -> frozenset[int]:
    """Count a copy of each Message that may be written to the wire now; answers their ids. Keeps `renderings`, by their
    ids, of what this makes their copies.

    What is not armed is still ours under its token: `release` gives it back to be composed anew.
    """
    if not claimed:
        return frozenset()
    name = connection.dialect.name
    rows = [
        {"id": m.id, "token": m.token, "renderings": written(renderings.get(m.id, m.renderings))}
        for m in claimed
    ]
    chosen = {"of_reading": reading, "suffix": id_suffix, "at": now, **parameter(name, rows)}
    return frozenset(connection.scalars(_arming(name), chosen))


@cache
def _arming(dialect_name: str) -> ReturningUpdate[tuple[int]]:
    """The statement of `arm`, put together once: that takes longer than arming does."""
    at = bindparam("at", type_=messages.c.state_at.type)
    row = given(dialect_name, {"id": BigInteger, "token": BigInteger, "renderings": String}).c
    ready = and_(
        messages.c.id == row.id,
        tokens.is_ours(MessageState.CLAIMED, row.token),
        messages.c.copies < MOST_COPIES,
        letters.may_leave(at),
        exists().where(readings.c.id == bindparam("of_reading"), readings.c.state == "in_force"),
        ~exists().where(installation.c.key == "pause"),
    )
    stem = literal("<n") + cast(messages.c.id, String) + "." + cast(messages.c.generation, String)
    values = {
        "state": MessageState.TRANSMITTING.value,
        "copies": messages.c.copies + 1,
        "header_id": func.coalesce(messages.c.header_id, stem + bindparam("suffix", type_=String)),
        "renderings": row.renderings,
        "lease_until": database_now(dialect_name) + LEASE_SECONDS,
        "state_at": at,
    }
    return update(messages).where(ready).values(values).returning(messages.c.id)


def release(connection: Connection, claimed: Sequence[Message], *, now: datetime) -> None:
    """Give claimed Messages back, to be composed anew."""
    if not claimed:
        return
    ours = and_(tokens.held(claimed), messages.c.state == MessageState.CLAIMED)
    values = {"state": MessageState.PENDING.value, "owner": None, "lease_until": None, "state_at": now}
    connection.execute(update(messages).where(ours).values(values))


def recall(
    connection: Connection, subscriber_ids: Collection[int] | Select[tuple[int]], *, now: datetime
) -> None:
    """Take claimed Messages of these Subscribers back to be composed anew, since what they say may have changed.

    What is being armed or given back at this instant is passed over: nobody waits in a circle.
    """
    theirs = and_(messages.c.subscriber_id.in_(subscriber_ids), messages.c.state == MessageState.CLAIMED)
    here = select(messages.c.id).where(theirs).with_for_update(skip_locked=True)
    values = {
        "state": MessageState.PENDING.value,
        "owner": None,
        "lease_until": None,
        "token": messages.c.token + 1,
        "state_at": now,
    }
    connection.execute(update(messages).where(messages.c.id.in_(here)).values(values))


def end(
    connection: Connection, claimed: Sequence[Message], state: MessageState, *, reason: str, now: datetime
) -> None:
    """Close claimed Messages that will not be sent: cancelled, expired, or failed before the wire."""
    if not claimed:
        return
    ours = and_(tokens.held(claimed), messages.c.state == MessageState.CLAIMED)
    values = {
        "state": state.value,
        "owner": None,
        "lease_until": None,
        "letter_to": None,
        "last_reply": reason[:300],
        "state_at": now,
    }
    connection.execute(update(messages).where(ours).values(values))


def put_off(
    connection: Connection,
    claimed: Sequence[tuple[Message, Transition]],
    *,
    reasons: Mapping[int, str],
    now: datetime,
) -> frozenset[int]:
    """Let claimed Messages that could not be composed go where their Transition says; `reasons` by their ids.

    Answers the ids of those that were still ours under their token.
    """
    rows = [row_after(message, transition, reasons[message.id]) for message, transition in claimed]
    return transitions.move(connection, rows, was_armed=False, now=now)


def recorded_before(connection: Connection, armed: Sequence[Message]) -> frozenset[int]:
    """The ids of those whose Verdict was written already: only `record` lets one go on under its token."""
    if not armed:
        return frozenset()
    gone_on = messages.c.state.not_in([MessageState.CLAIMED, MessageState.TRANSMITTING])
    return frozenset(connection.scalars(select(messages.c.id).where(tokens.held(armed), gone_on)))


def record(connection: Connection, recorded: Sequence[Recorded], *, now: datetime) -> frozenset[int]:
    """Write Verdicts in one go; answers the ids of the Messages for which they counted.

    That is where the token is still ours, and also where we were taken for dead but nobody has claimed the
    Message since: what the server said is then known after all. Where nothing was transmitted no attempt is
    recorded.
    """
    if not recorded:
        return frozenset()
    rows = [row_after(entry.message, entry.transition, entry.verdict.reply) for entry in recorded]
    held = transitions.move(connection, rows, was_armed=True, now=now)
    tried = [_attempt(entry) for entry in recorded if entry.verdict is not NOT_TRANSMITTED]
    if tried:
        name = connection.dialect.name
        for varying, chosen in parameters(name, tried, varying=("message_id", "reply")):
            connection.execute(_attempting(name, varying), {"at": now, **chosen})
    return held


_ATTEMPT: Final[Mapping[str, type[TypeEngine[Any]]]] = {
    "message_id": BigInteger,
    "phase": String,
    "fault": String,
    "code": Integer,
    "reply": String,
}


def _attempt(entry: Recorded) -> dict[str, Any]:
    verdict = entry.verdict
    return {
        "message_id": entry.message.id,
        "phase": verdict.phase.value,
        "fault": verdict.fault.value,
        "code": verdict.code,
        "reply": verdict.reply[:300],
    }


@cache
def _attempting(dialect_name: str, varying: tuple[str, ...] | None) -> Insert:
    row = given(dialect_name, _ATTEMPT, varying=varying).c
    values = [bindparam("at", type_=Instant), *(row[name] for name in _ATTEMPT)]
    return insert(attempts).from_select(["at", *_ATTEMPT], select(*values))
