"""Forecast: what is owed now and what will fall due, and how many people each step reaches.

Computed from the list in force and the Ledger as they stand; only reads, so twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.answer import AnswerRules
from notifier.core.change import ChangeList
from notifier.core.message import MessageState
from notifier.core.notice import Outcome, Step
from notifier.core.plan import FanOut, upcoming
from notifier.core.promise import Promise
from notifier.core.timing import Timing
from notifier.jobs.forecast_answers import Answered, read_answered
from notifier.store import breakers, cadences, changes, concerned, installation, messages, owing
from notifier.store.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step and how many people it reaches, beside those who are `spared` it by what their Vendor or they have
    answered. `outcome` is expired for one that came too late."""

    step: Step
    outcome: Outcome
    people: int
    spared: int = 0

    def __add__(self, other: Planned) -> Planned:
        return replace(self, people=self.people + other.people, spared=self.spared + other.spared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is owed now, what lies ahead (soonest first), and what holds the Outbox back."""

    changes: ChangeList | None
    owed: tuple[Planned, ...] = ()
    ahead: tuple[Planned, ...] = ()
    waiting: int = 0
    held_back: str = ""


def forecast(
    *, engine: Engine, timing: Timing, rules: AnswerRules, now: datetime, until: datetime
) -> Forecast:
    """Look ahead from `now` to `until`. News not yet published is not in it: nobody knows it."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
        if current is None:
            return Forecast(changes=None)
        answered = read_answered(connection, current.changes, timing=timing, rules=rules, now=now)
        due = _promised(answered.due(connection), now)
        later = _promised(answered.ahead(connection, until), now)
        ahead = [*_ahead(connection, answered, until), *later]
        return Forecast(
            changes=current.changes,
            owed=(*_owed(connection, answered), *due),
            ahead=tuple(sorted(ahead, key=lambda planned: (planned.step.due, planned.step.deadline))),
            waiting=messages.count_by_state(connection).get(MessageState.PENDING, 0),
            held_back=_held_back(connection, now),
        )


def _owed(connection: Connection, answered: Answered) -> Iterator[Planned]:
    timing, now = answered.met.timing, answered.now
    since = installation.leads_kept(connection, leads=str(timing.cadence)) or now
    for fan_out in owing.due_steps(connection, default_since=since, timing=timing, now=now):
        planned = _planned(connection, fan_out, answered)
        if (planned.people or planned.spared) and fan_out.outcome is not Outcome.SUPERSEDED:
            yield planned


def _ahead(connection: Connection, answered: Answered, until: datetime) -> Iterable[Planned]:
    """One entry a step, however many Cadences have it; of own Cadences only what concerns somebody."""
    timing, now = answered.met.timing, answered.now
    found: dict[tuple[str, str, str, str, int], Planned] = {}
    for own in (None, *cadences.in_use(connection)):
        steps = upcoming(changes=answered.changes, own=own, timing=timing, now=now, until=until)
        for change, _, step in steps:
            fan_out = FanOut(
                step=step,
                change_id=change.id,
                service=change.service,
                outcome=Outcome.OWED,
                cadence=str(own or ""),
            )
            planned = _planned(connection, fan_out, answered)
            if step.identity in found:
                found[step.identity] += planned
            elif planned.people or planned.spared or own is None:
                found[step.identity] = planned
    return found.values()


def _planned(connection: Connection, fan_out: FanOut, answered: Answered) -> Planned:
    concerns = concerned.count_concerned(connection, fan_out)
    spared = answered.spared(connection, fan_out) if concerns else 0
    return Planned(step=fan_out.step, outcome=fan_out.outcome, people=concerns - spared, spared=spared)


def _promised(told: Mapping[Promise, int], now: datetime) -> Iterable[Planned]:
    """One entry for all that promised the same day."""
    found: dict[tuple[str, str, str, datetime], Planned] = {}
    for step, people in ((promise.step, people) for promise, people in told.items() if people):
        late = step.expires is not None and step.expires <= now
        planned = Planned(step=step, outcome=Outcome.EXPIRED if late else Outcome.OWED, people=people)
        key = (step.deadline, step.kind, step.spoken, step.due)
        found[key] = found[key] + planned if key in found else planned
    return found.values()


def _held_back(connection: Connection, now: datetime) -> str:
    pause = installation.paused(connection)
    if pause is not None:
        return f"paused by {pause.by}: {pause.reason}"
    breaker = breakers.breaker(connection)
    return f"the relay does not take mail: {breaker.reason}" if breaker.allows(now) == 0 else ""
