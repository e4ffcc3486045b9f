"""Whoever chooses otherwise loses nothing that was due and not planned yet, of what they follow on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from notifier.consent.choosing import choose, follow_again
from notifier.core.cadence import Cadence
from notifier.core.change import Change, ChangeList
from notifier.core.notice import Outcome
from notifier.core.plan import concerns
from notifier.core.subscription import (
    EVERYTHING,
    Followed,
    Subscriber,
    SubscriberState,
    Subscription,
    Topic,
)
from notifier.store import installation, owing
from notifier.store.engine import open_engine, reading, writing
from notifier.store.tables import notices
from tests.consent.installing import BEFORE, CADENCES, DUE, PLANNED, TOPICS, in_force, install, plan
from tests.core.lists import TIMING, a_subscriber
from tests.store import crowd as people

CHOSEN = DUE + timedelta(seconds=40)
MOMENTS = st.sampled_from([BEFORE, DUE - timedelta(seconds=1), DUE, DUE + timedelta(seconds=1)])


@st.composite
def people_who_follow(draw: st.DrawFn) -> Subscriber:
    """A Subscriber who follows something, some of it since just now."""
    followed = draw(st.dictionaries(TOPICS, MOMENTS, min_size=1, max_size=4))
    cadence = draw(CADENCES)
    return a_subscriber(
        public_id="public-1",
        state=draw(st.sampled_from([SubscriberState.ACTIVE, SubscriberState.SUSPENDED])),
        joined_at=draw(MOMENTS),
        cadence=cadence,
        cadence_since=draw(MOMENTS) if cadence else None,
        subscriptions=tuple(Subscription(topic=topic, since=since) for topic, since in followed.items()),
    )


@pytest.fixture
def installed(tmp_path: Path, sqlite_url: str) -> Engine:
    """A database in which these Changes are in force, and ticks have come as far as days before."""
    engine = open_engine(sqlite_url)
    install(engine, tmp_path)
    return engine


def _owed(engine: Engine, person: Subscriber, listed: ChangeList) -> dict[str, Outcome]:
    """By Deadline, what planning would have recorded for them before they chose."""
    with reading(engine) as connection:
        due = owing.due_steps(connection, default_since=BEFORE, timing=TIMING, now=CHOSEN)
    return {
        fan_out.step.deadline: outcome
        for fan_out in due
        if (of := listed.change(fan_out.change_id))
        and (outcome := concerns(fan_out, subscriber=person, change=of, ended_at=None))
    }


def _follows(topics: list[Topic], of: Change | None) -> bool:
    return of is not None and any(topic.covers(of) for topic in topics)


@given(person=people_who_follow(), topics=st.lists(TOPICS, min_size=1, max_size=3), cadence=CADENCES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_due_before_they_chose_is_recorded_all_the_same(
    installed: Engine, person: Subscriber, topics: list[Topic], cadence: Cadence | None
) -> None:
    listed = in_force(installed)
    with writing(installed) as connection:
        people.clear(connection)
        people.put(connection, [(person, None)])
        installation.record_tick(connection, now=DUE - timedelta(seconds=20))
    owed = _owed(installed, person, listed)

    assert choose(
        engine=installed,
        addressee=person.addressee,
        language=person.language,
        followed=Followed(tuple(topics)),
        cadence=cadence,
        paused_until=None,
        changes=listed,
        timing=TIMING,
        now=CHOSEN,
        elapsed=timedelta(0),
    )
    plan(installed, at=PLANNED - DUE)

    with reading(installed) as connection:
        recorded = {row.deadline: row.outcome for row in connection.execute(select(notices))}
    for key, outcome in owed.items():
        assert recorded.get(key) == outcome or not _follows(topics, listed.change(key.partition("/")[0]))
    # And nobody is told what they neither followed then nor were owed.
    assert {key for key, outcome in recorded.items() if outcome == Outcome.OWED} <= set(owed)


def test_what_was_due_before_they_followed_more_again_is_recorded_all_the_same(installed: Engine) -> None:
    person = replace(a_subscriber("change:portal", since=BEFORE), joined_at=BEFORE, public_id="public-1")
    with writing(installed) as connection:
        people.put(connection, [(person, None)])
        installation.record_tick(connection, now=DUE - timedelta(seconds=20))
    assert follow_again(
        engine=installed,
        addressee=person.addressee,
        topics=[EVERYTHING],
        changes=in_force(installed),
        timing=TIMING,
        now=CHOSEN,
        elapsed=timedelta(0),
    )
    plan(installed, at=PLANNED - DUE)
    with reading(installed) as connection:
        assert connection.execute(select(notices.c.deadline, notices.c.outcome)).all() == [
            ("portal/end", Outcome.OWED)
        ]


def test_under_a_clock_that_cannot_be_believed_nothing_is_recorded(installed: Engine) -> None:
    person = replace(a_subscriber("change:portal", since=BEFORE), joined_at=BEFORE)
    with writing(installed) as connection:
        people.put(connection, [(person, None)])
        installation.record_tick(connection, now=DUE - timedelta(days=3))
        owing.record_due(connection, person.id, timing=TIMING, now=CHOSEN, elapsed=timedelta(0))
        assert connection.execute(select(notices)).all() == []
        owing.record_due(connection, person.id, timing=TIMING, now=CHOSEN, elapsed=None)
        assert len(connection.execute(select(notices)).all()) == 1
