"""Remind: record what is owed, for everybody it concerns, and bundle it into Messages.

Twice is harmless: the Ledger's UNIQUE key makes each Notice once, a crash half-way leaves steps unfinished
that the next run fans out again, and a Subscriber's Notices and their Message are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from notifier.core.answer import AnswerRules
from notifier.core.cadence import parse_cadence
from notifier.core.plan import FanOut
from notifier.core.promise import Promise
from notifier.core.timing import Timing
from notifier.jobs.following_up import follow_up
from notifier.jobs.losses import alert_expired, alert_unknown
from notifier.store import expiring, installation, notices, owing, planning
from notifier.store.engine import filling, reading, writing
from notifier.store.planning import Slice

# Whoever joined just before a step fell due may be stored only after it was first fanned out: their transaction
# was still under way, or their node's clock is behind. So a step is fanned out until it is this old.
STRAGGLERS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """How many Notices were recorded, and how many came too late."""

    recorded: int
    expired: int

    def __add__(self, other: Reminded) -> Reminded:
        return Reminded(recorded=self.recorded + other.recorded, expired=self.expired + other.expired)


def remind(*, engine: Engine, timing: Timing, rules: AnswerRules, now: datetime) -> Reminded:
    """Plan and bundle everything that has fallen due by `now`.

    Where the default Leads are others than before, first by those that were in force until now: what they owe is
    not lost with them.
    """
    with reading(engine) as connection:
        former = installation.leads_before(connection, leads=str(timing.cadence))
    done = Reminded(recorded=0, expired=0)
    if former:
        done = _remind(engine, replace(timing, cadence=parse_cadence(former.split())), rules, now)
    return done + _remind(engine, timing, rules, now)


def _remind(engine: Engine, timing: Timing, rules: AnswerRules, now: datetime) -> Reminded:
    due = due_steps(engine=engine, timing=timing, now=now)
    promised = follow_up(engine=engine, due=due, timing=timing, rules=rules, now=now)
    recorded = expired = 0
    is_open = timing.is_open(now)
    with reading(engine) as connection:
        idle = not due and not planning.has_loose(connection)
    within = None if idle else _next_slice(engine, 0)
    while within is not None:
        with filling(engine) as connection:
            planned = planning.plan_slice(connection, due, within, now=now, is_open=is_open)
        recorded += planned.recorded
        expired += planned.expired
        within = _next_slice(engine, within.upto)
    with writing(engine) as connection:
        fallen_due: tuple[FanOut | Promise, ...] = (*due, *promised)
        over = [each.mark for each in fallen_due if each.step.due <= now - STRAGGLERS]
        notices.finish_steps(connection, over, now)
        late, unknown = expiring.expire_overdue(connection, now)
        expired += late
        expiring.close_emptied(connection, now=now)
        alert_unknown(connection, sorted(unknown), now=now)
        if expired:
            alert_expired(connection, timing=timing, now=now)
    return Reminded(recorded=recorded, expired=expired)


def due_steps(*, engine: Engine, timing: Timing, now: datetime) -> Sequence[FanOut]:
    """Every step that is due and not finished."""
    with writing(engine) as connection:
        default_since = installation.leads_since(connection, leads=str(timing.cadence), now=now)
    with reading(engine) as connection:
        return owing.due_steps(connection, default_since=default_since, timing=timing, now=now)


def _next_slice(engine: Engine, after: int) -> Slice | None:
    with reading(engine) as connection:
        return planning.next_slice(connection, after)
