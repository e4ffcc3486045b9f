"""Answers, given once and kept: what each Party said of each Change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, literal, select, update

from notifier.core.answer import (
    Answer,
    AnswerKind,
    AnswerState,
    GivenAnswer,
    Party,
    Way,
    parse_party,
)
from notifier.core.subscription import SubscriberState
from notifier.store.answer_tables import answers
from notifier.store.given import among
from notifier.store.tables import subscribers, vendors


def add(connection: Connection, new: Answer) -> Answer:
    """Append one; answers it with its id."""
    row = {
        "party": str(new.party),
        "change": new.change_id,
        "kind": new.kind.value,
        "planned": new.planned,
        "anchor": new.anchor,
        "words": new.words,
        "subscriber_id": new.subscriber_id,
        "by": new.by,
        "way": new.way.value,
        "at": new.at,
        "state": new.state.value,
    }
    answer_id = connection.execute(insert(answers).values(row).returning(answers.c.id)).scalar_one()
    return _answer(connection.execute(select(answers).where(answers.c.id == answer_id)).one())


def decide(connection: Connection, answer_id: int, state: AnswerState, *, by: str, now: datetime) -> bool:
    """Accept or refuse an Answer that waits; False when none of that id waits."""
    waits = and_(answers.c.id == answer_id, answers.c.state == AnswerState.WAITING)
    decided = {"state": state.value, "decided_by": by, "decided_at": now}
    return bool(connection.execute(update(answers).where(waits).values(decided)).rowcount)


def overtake(connection: Connection, newer: Answer, *, now: datetime) -> None:
    """Let an Answer replace what waits of the same Party and Change, where it counts; where it waits as well, only
    what came by the same Subscriber."""
    waits = and_(
        answers.c.party == str(newer.party),
        answers.c.change == newer.change_id,
        answers.c.state == AnswerState.WAITING,
        answers.c.id < newer.id,
    )
    if not newer.counts:
        waits = and_(waits, answers.c.subscriber_id == newer.subscriber_id)
    replaced = {"state": AnswerState.REPLACED.value, "decided_at": now}
    connection.execute(update(answers).where(waits).values(replaced))


def find(connection: Connection, answer_id: int) -> Answer | None:
    """The Answer with that id."""
    row = connection.execute(select(answers).where(answers.c.id == answer_id)).one_or_none()
    return _answer(row) if row else None


def given(
    connection: Connection, *, party: Party | None = None, change_id: str | None = None
) -> tuple[Answer, ...]:
    """Every Answer, oldest first; of one Party or on one Change where these are named."""
    chosen = select(answers).order_by(answers.c.id)
    if party is not None:
        chosen = chosen.where(answers.c.party == str(party))
    if change_id is not None:
        chosen = chosen.where(answers.c.change == change_id)
    return tuple(_answer(row) for row in connection.execute(chosen))


def waiting(connection: Connection) -> tuple[Answer, ...]:
    """Every Answer that an operator has to decide on, oldest first."""
    chosen = select(answers).where(answers.c.state == AnswerState.WAITING).order_by(answers.c.id)
    return tuple(_answer(row) for row in connection.execute(chosen))


def last_counting(
    connection: Connection, parties: Collection[Party] | None = None, *, kind: AnswerKind | None = None
) -> dict[tuple[Party, str], Answer]:
    """By Party and Change, the last Answer that counts, but for those that were taken back; of all Parties
    where none are named, of one kind or any."""
    newest = select(func.max(answers.c.id)).where(answers.c.state == AnswerState.COUNTS)
    if parties is not None:
        newest = newest.where(among(connection, answers.c.party, [str(party) for party in parties]))
    newest = newest.group_by(answers.c.party, answers.c.change)
    chosen = select(answers).where(answers.c.id.in_(newest), answers.c.kind != AnswerKind.NONE)
    if kind is not None:
        chosen = chosen.where(answers.c.kind == kind)
    found = (_answer(row) for row in connection.execute(chosen))
    return {(answer.party, answer.change_id): answer for answer in found}


def answered_by(connection: Connection, parties: Collection[Party]) -> dict[Party, frozenset[str]]:
    """By Party, the Changes on which it ever answered anything that counts, also what it took back."""
    said = select(answers.c.party, answers.c.change).where(
        among(connection, answers.c.party, [str(party) for party in parties]),
        answers.c.state == AnswerState.COUNTS,
    )
    found: dict[Party, set[str]] = {}
    for party, change in connection.execute(said.distinct()):
        found.setdefault(parse_party(party), set()).add(change)
    return {party: frozenset(about) for party, about in found.items()}


def with_givers(connection: Connection, ids: Collection[int]) -> dict[int, GivenAnswer]:
    """These Answers by id, with the addresses that gave them and their Vendors' names."""
    if not ids:
        return {}
    alive = subscribers.c.state != SubscriberState.ERASED
    joined = answers.outerjoin(
        subscribers, and_(answers.c.subscriber_id == subscribers.c.id, alive)
    ).outerjoin(vendors, answers.c.party == literal("vendor:") + vendors.c.id)
    chosen = (
        select(answers, subscribers.c.address, vendors.c.name)
        .select_from(joined)
        .where(answers.c.id.in_(ids))
    )
    return {
        row.id: GivenAnswer(
            answer=_answer(row),
            address=_answer(row).writer(row.address or "") if row.subscriber_id else "",
            vendor=row.name or "",
        )
        for row in connection.execute(chosen)
    }


def _answer(row: Any) -> Answer:
    return Answer(
        id=row.id,
        party=parse_party(row.party),
        change_id=row.change,
        kind=AnswerKind(row.kind),
        at=row.at,
        way=Way(row.way),
        state=AnswerState(row.state),
        planned=row.planned,
        anchor=row.anchor,
        subscriber_id=row.subscriber_id,
        by=row.by,
        words=row.words,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
