"""An installation whose three Changes all have a reminder due at one instant, a week before they end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from sqlalchemy import Engine

from notifier.core.answer import AnswerRules
from notifier.core.cadence import parse_cadence
from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Scope, Topic
from notifier.jobs.refresh import refresh
from notifier.jobs.remind import remind
from notifier.sources.file import FileSource
from notifier.store import changes
from notifier.store.engine import reading
from tests.acceptance.announced import change, write
from tests.core.lists import TIMING, oslo

BEFORE = oslo("2026-11-20")
DUE = oslo("2026-11-24", "08:00")
PLANNED = DUE + timedelta(minutes=2)
LISTED = {"portal": "kjernejournal", "api": "kjernejournal", "data": "preg"}
TOPICS = st.sampled_from(
    [
        EVERYTHING,
        Topic(Scope.SERVICE, "kjernejournal"),
        Topic(Scope.SERVICE, "preg"),
        *(Topic(Scope.CHANGE, name) for name in LISTED),
    ]
)
CADENCES = st.sampled_from([None, parse_cadence(["30d", "7d"]), parse_cadence(["3d"])])


def install(engine: Engine, folder: Path) -> None:
    """Put the list in force; ticks have come as far as four days before."""
    file = write(folder / "list.toml", *(change(name, service=of) for name, of in LISTED.items()))
    refresh(engine=engine, source=FileSource(file), timing=TIMING, max_people=25, now=BEFORE, wall=BEFORE)
    plan(engine)


def plan(engine: Engine, *, at: timedelta = BEFORE - DUE) -> None:
    """What a tick plans, so long after it is due."""
    remind(engine=engine, timing=TIMING, rules=AnswerRules(), now=DUE + at)


def in_force(engine: Engine) -> ChangeList:
    """The list."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    return current.changes
