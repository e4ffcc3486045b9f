"""Marks: what private calendars show of what their holders' Parties answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, distinct, func, select

from notifier.core.answer import SETTLING, AnswerKind, AnswerState, Evidence, Party, parse_party
from notifier.core.holder import Mark
from notifier.core.stance import Doubt, contradicts
from notifier.core.timing import Timing
from notifier.store.answer_tables import answers, evidence
from notifier.store.list_tables import differences

_VENDOR_FROM = len("vendor:") + 1
_VENDOR = func.substr(answers.c.party, _VENDOR_FROM)
_COUNTS = answers.c.state == AnswerState.COUNTS
# What was seen of what an Answer speaks of.
_SEEN_OF_IT = and_(evidence.c.vendor_id == _VENDOR, evidence.c.change == answers.c.change)

# Made once, since this is asked for every private calendar.
_ANSWERED = (
    select(answers)
    .where(answers.c.party.in_(bindparam("parties", expanding=True)), _COUNTS)
    .order_by(answers.c.id)
)


def marks_of(
    connection: Connection, parties: Collection[Party], *, timing: Timing
) -> dict[Party, tuple[Mark, ...]]:
    """What these Parties' calendars show of their Answers, by Change id; in doubt for use that was seen, though not
    yet for what became of the list."""
    if not parties:
        return {}
    answered = connection.execute(_ANSWERED, {"parties": sorted(map(str, parties))}).all()
    # Most never answered, and need not wait for what was seen of them.
    turns = _turns(connection, parties, timing) if answered else {}
    found: dict[Party, dict[str, Mark]] = {}
    for row in answered:
        of_party = found.setdefault(parse_party(row.party), {})
        of_party[row.change] = _mark(row, of_party.get(row.change), turns.get(row.id, []))
    return {party: tuple(each for _, each in sorted(by.items())) for party, by in found.items()}


def most_raised(connection: Connection, parties: Collection[Party]) -> dict[Party, int]:
    """By how much what these Parties answered has raised the SEQUENCE of any event in their calendars, at most.

    Each Answer raises it, each piece of Evidence may, and so may each Difference in what they answered on.
    """
    said = select(answers.c.party, func.count()).where(_of(parties), _COUNTS)
    seen = select(answers.c.party, func.count()).join(evidence, _SEEN_OF_IT).where(_of(parties), _COUNTS)
    became = (
        select(answers.c.party, func.count(distinct(differences.c.id)))
        .join(differences, differences.c.deadline.startswith(answers.c.change + "/"))
        .where(_of(parties), _COUNTS)
    )
    found: dict[Party, int] = {}
    for counted in (said, seen, became):
        for party, times in connection.execute(counted.group_by(answers.c.party)):
            found[parse_party(party)] = found.get(parse_party(party), 0) + times
    return found


def _mark(row: Any, before: Mark | None, turns: list[datetime]) -> Mark:
    counted = max(row.at, row.decided_at or row.at)
    return Mark(
        change_id=row.change,
        kind=AnswerKind(row.kind),
        planned=row.planned,
        first_at=min(row.at, before.first_at) if before else row.at,
        said_at=row.at,
        times=(before.times if before else 0) + 1 + len(turns),
        at=max([counted, *turns, *([before.at] if before else [])]),
        # Each turn is from doubt to none, or back.
        doubt=Doubt.TRAFFIC if len(turns) % 2 else None,
    )


def _turns(connection: Connection, parties: Collection[Party], timing: Timing) -> dict[int, list[datetime]]:
    """By Answer, each instant at which what was seen began to speak against it, or no longer did.

    What was known when they answered cannot: nothing is seen ahead.
    """
    if not any(party.vendor for party in parties):
        return {}
    settling = and_(_COUNTS, answers.c.kind.in_(SETTLING), evidence.c.at >= answers.c.at)
    seen_of_it = (evidence.c[name] for name in ("vendor_id", "change", "calls", "last_seen", "at"))
    chosen = select(answers.c.id, answers.c.at.label("said_at"), *seen_of_it).join(evidence, _SEEN_OF_IT)
    found: dict[int, list[datetime]] = {}
    ordered = chosen.where(_of(parties), settling).order_by(answers.c.id, evidence.c.id)
    for answer_id, said_at, vendor, change, calls, last_seen, at in connection.execute(ordered):
        seen = Evidence(vendor=vendor, change_id=change, calls=calls, last_seen=last_seen, at=at)
        turns = found.setdefault(answer_id, [])
        if contradicts(seen, said_at, timing) is not bool(len(turns) % 2):
            turns.append(at)
    return found


def _of(parties: Collection[Party]) -> ColumnElement[bool]:
    return answers.c.party.in_(sorted(map(str, parties)))
