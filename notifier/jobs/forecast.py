"""Forecast: what is owed now and what will fall due, and how many people each step reaches.

Computed from the list in force and the Ledger as they stand; only reads, so twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.answer import AnswerRules
from notifier.core.change import ChangeList
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.plan import FanOut, upcoming
from notifier.core.promise import Promise
from notifier.core.timing import Timing
from notifier.jobs.forecast_answers import Answered, read_answered
from notifier.jobs.forecast_silence import escalations
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
        owed = _concerned(connection, _owed(connection, timing=timing, now=now))
        later = _concerned(connection, _upcoming(connection, answered, until))
        told_besides = escalations(connection, owed=owed, ahead=later, changes=current.changes, rules=rules)
        due = _promised(answered.due(connection), now)
        ahead = [
            *_merged(connection, later, told_besides, answered),
            *_promised(answered.ahead(connection, until), now),
        ]
        return Forecast(
            changes=current.changes,
            owed=(
                *(e for e in _merged(connection, owed, told_besides, answered) if e.people or e.spared),
                *due,
            ),
            ahead=tuple(sorted(ahead, key=lambda planned: (planned.step.due, planned.step.deadline))),
            waiting=messages.count_by_state(connection).get(MessageState.PENDING, 0),
            held_back=_held_back(connection, now),
        )


def _owed(connection: Connection, *, timing: Timing, now: datetime) -> list[FanOut]:
    since = installation.leads_kept(connection, leads=str(timing.cadence)) or now
    due = owing.due_steps(connection, default_since=since, timing=timing, now=now)
    return [fan_out for fan_out in due if fan_out.outcome is not Outcome.SUPERSEDED]


def _upcoming(connection: Connection, answered: Answered, until: datetime) -> list[FanOut]:
    """Every step for those without a Cadence of their own, then for those with each that is in use."""
    timing, now = answered.met.timing, answered.now
    return [
        FanOut(
            step=step,
            change_id=change.id,
            service=change.service,
            outcome=Outcome.OWED,
            cadence=str(own or ""),
        )
        for own in (None, *cadences.in_use(connection))
        for change, _, step in upcoming(
            changes=answered.changes, own=own, timing=timing, now=now, until=until
        )
    ]


def _concerned(connection: Connection, fan_outs: Iterable[FanOut]) -> dict[FanOut, dict[str, int]]:
    """By step, how many people it concerns at each Vendor."""
    return {each: concerned.concerned_by_vendor(connection, each) for each in fan_outs}


def _merged(
    connection: Connection,
    concerns: Mapping[FanOut, Mapping[str, int]],
    told_besides: Mapping[FanOut, int],
    answered: Answered,
) -> Iterable[Planned]:
    """One entry a step, however many Cadences have it; of own Cadences only what concerns somebody."""
    found: dict[tuple[str, str, str, str, int], Planned] = {}
    for fan_out, by_vendor in concerns.items():
        people = sum(by_vendor.values())
        spared = answered.spared(connection, fan_out) if people else 0
        planned = [Planned(step=fan_out.step, outcome=fan_out.outcome, people=people - spared, spared=spared)]
        if told_besides.get(fan_out):
            step = replace(fan_out.step, kind=NoticeKind.ESCALATION)
            planned.append(Planned(step=step, outcome=fan_out.outcome, people=told_besides[fan_out]))
        for each in planned:
            key = each.step.identity
            if key in found:
                found[key] += each
            elif each.people or each.spared or not fan_out.cadence:
                found[key] = each
    return found.values()


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
