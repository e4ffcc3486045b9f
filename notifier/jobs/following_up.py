"""Following up Answers: what promises have fallen due, and which Vendors stay silent. A part of `remind`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from notifier.core.answer import AnswerKind, AnswerRules, Party
from notifier.core.change import ChangeList
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut
from notifier.core.promise import Promise, due_promises
from notifier.core.timing import Timing
from notifier.store import answers, changes, escalating, notices, promises
from notifier.store.engine import reading, writing
from notifier.store.footings import footings


def follow_up(
    *, engine: Engine, due: Sequence[FanOut], timing: Timing, rules: AnswerRules, now: datetime
) -> Sequence[Promise]:
    """Record loose Notices for promises that fell due, and for the contacts of silent Vendors who would not get
    the reminders that are `due`; answers these promises."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
        if current is None:
            return ()
        given = answers.last_counting(connection, kind=AnswerKind.PLANNED).values()
        finished = notices.finished_steps(connection) if given else frozenset()
    promised = due_promises(
        given, changes=current.changes, timing=timing, rules=rules, now=now, finished=finished
    )
    if promised:
        with writing(engine) as connection:
            promises.record(connection, promised, now=now)
    reminders = [f for f in due if f.step.kind is NoticeKind.REMINDER and f.outcome is Outcome.OWED]
    if reminders:
        _escalate(engine, reminders, current.changes, timing=timing, rules=rules, now=now)
    return promised


def _escalate(
    engine: Engine,
    reminders: Sequence[FanOut],
    current: ChangeList,
    *,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> None:
    reminded = {fan_out.change_id for fan_out in reminders}
    with reading(engine) as connection:
        parties = [Party(vendor=vendor) for vendor in escalating.vendors_with_contacts(connection)]
        if not parties:
            return
        found = footings(
            connection, parties, changes=current, about=reminded, timing=timing, rules=rules, now=now
        )
    silent = {
        fan_out: [
            party.vendor
            for party, footing in found.items()
            if footing.is_silent(fan_out.change_id, before=fan_out.step.due)
        ]
        for fan_out in reminders
    }
    if any(silent.values()):
        with writing(engine) as connection:
            for fan_out, silent_vendors in silent.items():
                escalating.record(connection, fan_out, silent_vendors, now=now)
