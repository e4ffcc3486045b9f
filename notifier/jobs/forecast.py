"""Forecast: what is owed now and what will fall due, and how many people each step reaches.

Computed from the list in force and the Ledger as they stand; only reads, so twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.change import ChangeList
from notifier.core.message import MessageState
from notifier.core.notice import Outcome, Step
from notifier.core.plan import FanOut, upcoming
from notifier.core.timing import Timing
from notifier.store import breakers, cadences, changes, concerned, installation, messages, owing
from notifier.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step and how many people it reaches. `outcome` is expired for one that came too late."""

    step: Step
    outcome: Outcome
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is owed now, what lies ahead (soonest first), and what holds the Outbox back."""

    changes: ChangeList | None
    owed: tuple[Planned, ...] = ()
    ahead: tuple[Planned, ...] = ()
    waiting: int = 0
    held_back: str = ""


def forecast(*, engine: Engine, timing: Timing, now: datetime, until: datetime) -> Forecast:
    """Look ahead from `now` to `until`. News not yet published is not in it: nobody knows it."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
        if current is None:
            return Forecast(changes=None)
        return Forecast(
            changes=current.changes,
            owed=tuple(_owed(connection, timing, now)),
            ahead=_ahead(connection, current.changes, timing, now, until),
            waiting=messages.count_by_state(connection).get(MessageState.PENDING, 0),
            held_back=_held_back(connection, now),
        )


def _owed(connection: Connection, timing: Timing, now: datetime) -> Iterator[Planned]:
    since = installation.leads_kept(connection, leads=str(timing.cadence)) or now
    for fan_out in owing.due_steps(connection, default_since=since, timing=timing, now=now):
        people = concerned.count_concerned(connection, fan_out)
        if people and fan_out.outcome is not Outcome.SUPERSEDED:
            yield Planned(step=fan_out.step, outcome=fan_out.outcome, people=people)


def _ahead(
    connection: Connection, current: ChangeList, timing: Timing, now: datetime, until: datetime
) -> tuple[Planned, ...]:
    """One entry a step, however many Cadences have it; of own Cadences only what somebody gets."""
    found: dict[tuple[str, str, str, str, int], Planned] = {}
    for own in (None, *cadences.in_use(connection)):
        steps = upcoming(changes=current, own=own, timing=timing, now=now, until=until)
        for change, _, step in steps:
            fan_out = FanOut(
                step=step,
                change_id=change.id,
                service=change.service,
                outcome=Outcome.OWED,
                cadence=str(own or ""),
            )
            people = concerned.count_concerned(connection, fan_out)
            before = found.get(step.identity)
            if before is not None:
                found[step.identity] = replace(before, people=before.people + people)
            elif people or own is None:
                found[step.identity] = Planned(step=step, outcome=Outcome.OWED, people=people)
    return tuple(sorted(found.values(), key=lambda planned: (planned.step.due, planned.step.deadline)))


def _held_back(connection: Connection, now: datetime) -> str:
    pause = installation.paused(connection)
    if pause is not None:
        return f"paused by {pause.by}: {pause.reason}"
    breaker = breakers.breaker(connection)
    return f"the relay does not take mail: {breaker.reason}" if breaker.allows(now) == 0 else ""
