"""Looking into the Outbox, and sending again by a person's decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    bindparam,
    cast,
    distinct,
    func,
    literal,
    or_,
    select,
    update,
)

from notifier.core.letter import TO_KEPT_ADDRESS, LetterKind
from notifier.core.message import RETRIED, UNCOMPOSED, Message, MessageState
from notifier.core.notice import Notice, Outcome
from notifier.core.rendering import readable_renderings, written
from notifier.core.subscription import Topic, parse_topic
from notifier.store.columns import Members
from notifier.store.notices import notice_of
from notifier.store.tables import attempts, messages, notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One transmission and what the server said of it."""

    at: datetime
    phase: str
    fault: str
    code: int | None
    reply: str


CHUNK = 1_000


def ended_ids(connection: Connection, state: MessageState, *, since: datetime) -> tuple[int, ...]:
    """Every Message that came to this state since an instant and can be sent again, oldest first."""
    chosen = select(messages.c.id).where(_ended(state, since)).order_by(messages.c.id)
    return tuple(connection.scalars(chosen))


def ended_kinds(connection: Connection, state: MessageState, *, since: datetime) -> dict[str, int]:
    """How many of these Messages carry Notices of which kind, and how many are which Letter."""
    ended = _ended(state, since)
    letters = select(messages.c.letter, func.count()).where(ended, messages.c.letter.is_not(None))
    told = (
        select(notices.c.kind, func.count(distinct(messages.c.id)))
        .join_from(messages, notices, notices.c.message_id == messages.c.id)
        .where(ended, notices.c.outcome == state)
        .group_by(notices.c.kind)
    )
    counted = (told, letters.group_by(messages.c.letter))
    return {kind: number for chosen in counted for kind, number in connection.execute(chosen)}


def _ended(state: MessageState, since: datetime) -> ColumnElement[bool]:
    forgotten = and_(messages.c.letter.in_(sorted(TO_KEPT_ADDRESS)), messages.c.letter_to.is_(None))
    return and_(
        messages.c.state == state,
        messages.c.state_at >= since,
        or_(messages.c.letter.is_(None), ~forgotten),
    )


def retry(connection: Connection, ids: Sequence[int], *, by: str, now: datetime) -> int:
    """Send unknown or failed Messages again by a person's decision, under new Message-IDs; answers how many."""
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return sum(_retry(connection, chunk, by, now) for chunk in chunks)


def _retry(connection: Connection, ids: Sequence[int], by: str, now: datetime) -> int:
    values = {
        "state": MessageState.PENDING.value,
        "copies": 0,
        "tries": 0,
        "refusals": 0,
        "deferred_since": None,
        "generation": messages.c.generation + 1,
        "header_id": func.replace(
            messages.c.header_id, _beginning(messages.c.generation), _beginning(messages.c.generation + 1)
        ),
        "not_before": now,
        "created_at": now,
        "state_at": now,
        "last_reply": f"sent again by {by}"[:300],
    }
    ended = and_(messages.c.id.in_(ids), messages.c.state.in_(RETRIED))
    _forget_refused(connection, ended)
    revived = connection.scalars(update(messages).where(ended).values(values).returning(messages.c.id)).all()
    undone = and_(
        notices.c.message_id.in_(revived),
        notices.c.outcome.in_([Outcome.UNKNOWN.value, Outcome.FAILED.value]),
    )
    connection.execute(
        update(notices).where(undone).values(outcome=Outcome.OWED.value, reason="", decided_at=now)
    )
    return len(revived)


def _beginning(generation: ColumnElement[int]) -> ColumnElement[str]:
    """How the Message-IDs of a generation begin. What comes after tells those of the copies before as well, so it is
    kept."""
    return literal("<n") + cast(messages.c.id, String) + "." + cast(generation, String) + "."


def _forget_refused(connection: Connection, ended: ColumnElement[bool]) -> None:
    """Of the copies of these Messages, keep those that may have arrived: how many did, is forgotten with a new
    generation."""
    chosen = select(*COLUMNS).where(ended, messages.c.renderings != "")
    found = [message_of(row) for row in connection.execute(chosen)]
    kept = [{"of": each.id, "text": written(each.may_have_arrived)} for each in found if each.renderings]
    blank = update(messages).where(messages.c.id == bindparam("of")).values(renderings=bindparam("text"))
    if kept:
        connection.execute(blank, kept)


def load(connection: Connection, ids: Collection[int]) -> tuple[Message, ...]:
    """These Messages, oldest first."""
    chosen = select(*COLUMNS).where(messages.c.id.in_(ids)).order_by(messages.c.id)
    return tuple(message_of(row) for row in connection.execute(chosen))


# What `message_of` reads, in its order.
COLUMNS: Final = tuple(
    messages.c[name]
    for name in (
        *("id", "subscriber_id", "state", "anytime", "created_at", "not_before", "tries", "refusals"),
        *("deferred_since", "copies", "generation", "header_id", "token", "last_reply", "state_at"),
        *("letter", "letter_to", "answer_id", "about", "renderings"),
    )
)


def message_of(row: Row[*tuple[Any, ...]]) -> Message:
    """A row of COLUMNS as a value. What another release, or damage, wrote into it is told as its flaw and raises
    nothing: one such row must not keep the others from being read."""
    # Taken apart at once: to ask a row for each column by its name takes longer than all else here.
    number, subscriber_id, state, anytime, created_at, not_before, tries, refusals, *more = row
    deferred_since, copies, generation, header_id, token, last_reply, state_at, *more = more
    letter_name, letter_to, answer_id, about, renderings = more
    letter, unknown = _letter(letter_name) if letter_name is not None else (None, "")
    dropped, unreadable = _dropped(about) if about else ((), "")
    return Message(
        id=number,
        subscriber_id=subscriber_id,
        state=_STATES[state],
        anytime=anytime,
        created_at=created_at,
        not_before=not_before,
        tries=tries,
        refusals=refusals,
        deferred_since=deferred_since,
        copies=copies,
        generation=generation,
        header_id=header_id,
        token=token,
        last_reply=last_reply,
        state_at=state_at,
        letter=letter,
        letter_to=letter_to,
        answer_id=answer_id,
        dropped=dropped,
        renderings=readable_renderings(renderings) if renderings else (),
        flaw=unknown or unreadable,
    )


_STATES: Final = Members(MessageState)


def _letter(name: str) -> tuple[LetterKind | None, str]:
    """Which kind of Letter it is, and the flaw."""
    try:
        return LetterKind(name), ""
    except ValueError:
        return None, "this release does not know its kind of letter"


def _dropped(about: str) -> tuple[tuple[Topic, ...], str]:
    """What it tells that they follow no longer, and the flaw."""
    try:
        return tuple(parse_topic(text) for text in about.split()), ""
    except ValueError:
        return (), "what it tells that is followed no longer cannot be read"


def listing(connection: Connection, *, states: Collection[MessageState], limit: int) -> tuple[Message, ...]:
    """Messages in these states (all when none are named), newest first."""
    chosen = select(*COLUMNS).order_by(messages.c.id.desc()).limit(limit)
    if states:
        chosen = chosen.where(messages.c.state.in_(list(states)))
    return tuple(message_of(row) for row in connection.execute(chosen))


def count_by_state(connection: Connection) -> dict[MessageState, int]:
    """How many Messages are in each state."""
    grouped = select(messages.c.state, func.count()).group_by(messages.c.state)
    return {MessageState(state): count for state, count in connection.execute(grouped)}


def notices_of(connection: Connection, message_id: int) -> tuple[Notice, ...]:
    """Every Notice of a Message, whatever its outcome."""
    chosen = select(notices).where(notices.c.message_id == message_id).order_by(notices.c.id)
    return tuple(notice_of(row) for row in connection.execute(chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncomposed:
    """Messages that wait because one and the same mistake keeps them from being composed."""

    mistake: str
    count: int
    first: int


def uncomposed(connection: Connection) -> tuple[Uncomposed, ...]:
    """Every such mistake."""
    on_their_way = messages.c.state.in_([MessageState.PENDING, MessageState.CLAIMED])
    stuck = and_(on_their_way, messages.c.tries > 0, messages.c.last_reply.startswith(UNCOMPOSED))
    grouped = (
        select(messages.c.last_reply, func.count(), func.min(messages.c.id))
        .where(stuck)
        .group_by(messages.c.last_reply)
    )
    return tuple(
        Uncomposed(mistake=said.removeprefix(f"{UNCOMPOSED}: "), count=count, first=first)
        for said, count, first in connection.execute(grouped)
    )


def attempts_of(connection: Connection, message_id: int) -> tuple[Attempt, ...]:
    """Every transmission of a Message, oldest first."""
    chosen = select(attempts).where(attempts.c.message_id == message_id).order_by(attempts.c.id)
    return tuple(attempt_of(row) for row in connection.execute(chosen))


def attempt_of(row: Any) -> Attempt:
    """A row as a value."""
    return Attempt(at=row.at, phase=row.phase, fault=row.fault, code=row.code, reply=row.reply)
