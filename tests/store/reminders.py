"""A reminder as planning is given it, and everybody it is planned for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.core.cadence import parse_lead
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.plan import FanOut
from notifier.store import planning
from notifier.store.engine import writing
from notifier.store.planning import Slice
from tests.core.lists import oslo

DUE, NOW, OVER = oslo("2026-09-02", "08:00"), oslo("2026-09-02", "08:05"), oslo("2026-12-02", "00:00")
EVERYBODY = Slice(after=0, upto=99)


def reminder(name: str, lead: str = "90d", *, due: datetime = DUE, expires: datetime | None = OVER) -> FanOut:
    """Of the end of a Change of this name, which is told no more once it `expires`."""
    step = Step(
        deadline=f"{name}/end",
        kind=NoticeKind.REMINDER,
        due=due,
        lead=parse_lead(lead),
        spoken="2026-12-01",
        expires=expires,
    )
    return FanOut(step=step, change_id=name, service="kjernejournal", outcome=Outcome.OWED, cadence="")


def plan(engine: Engine, *steps: FanOut, is_open: bool = True) -> None:
    """Plan the steps for everybody."""
    with writing(engine) as connection:
        planning.plan_slice(connection, steps, EVERYBODY, now=NOW, is_open=is_open)
