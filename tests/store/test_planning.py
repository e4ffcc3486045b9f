"""Planning in SQL says of every Subscriber what the pure function says."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select

from notifier.core.cadence import parse_cadence, parse_lead
from notifier.core.change import Change
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.plan import FanOut, concerns
from notifier.core.subscription import Continuation, Exclusion, Subscriber, SubscriberState, parse_topic
from notifier.store import concerned, planning
from notifier.store import subscribers as subscribers_of
from notifier.store.engine import open_engine, writing
from notifier.store.following import follows_any
from notifier.store.planning import Planned
from notifier.store.tables import messages
from notifier.store.tables import notices as ledger
from notifier.store.tables import subscribers as everybody
from tests.core.lists import CADENCES, LONG_AGO, a_change, a_subscriber, subscribers
from tests.store import crowd as people
from tests.store.reminders import DUE, EVERYBODY, NOW, plan, reminder

# Around the due instant, where the answers differ.
MOMENTS = st.sampled_from([-86_400, -1, 0, 1, 86_400]).map(lambda seconds: DUE + timedelta(seconds=seconds))
CHANGES = {
    "a": a_change(name="a", service="kjernejournal"),
    "b": a_change(name="b", service="preg"),
}


@st.composite
def fan_outs(draw: st.DrawFn) -> tuple[FanOut, Change]:
    """A step about one of two Changes: a reminder for one Cadence, or news for all."""
    change = CHANGES[draw(st.sampled_from(sorted(CHANGES)))]
    is_news = draw(st.booleans())
    own = draw(st.none() | CADENCES)
    step = Step(
        deadline=f"{change.id}/end",
        kind=NoticeKind.MOVED if is_news else NoticeKind.REMINDER,
        due=DUE,
        lead=None if is_news else parse_lead("90d"),
        spoken="2026-12-01",
        revision=2 if is_news else 0,
    )
    outcome = draw(st.sampled_from([Outcome.OWED, Outcome.SUPERSEDED, Outcome.EXPIRED]))
    cadence = None if is_news else str(own or "")
    return (
        FanOut(step=step, change_id=change.id, service=change.service, outcome=outcome, cadence=cadence),
        change,
    )


@pytest.fixture
def sqlite(sqlite_url: str) -> Engine:
    return open_engine(sqlite_url)


@given(
    chosen=fan_outs(),
    crowd=st.lists(st.tuples(subscribers(instants=MOMENTS), st.none() | MOMENTS), max_size=8),
    share=st.data(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_ledger_gets_exactly_the_rows_that_the_pure_function_decides(
    sqlite: Engine,
    chosen: tuple[FanOut, Change],
    crowd: list[tuple[Subscriber, datetime | None]],
    share: st.DataObject,
) -> None:
    fan_out, change = chosen
    present = _present(crowd, fan_out, share)
    expected = {
        person.id: outcome
        for person, ended_at in present
        if (outcome := concerns(fan_out, subscriber=person, change=change, ended_at=ended_at))
    }
    with writing(sqlite) as connection:
        people.clear(connection)
        people.put(connection, present)
        planned = planning.plan_slice(connection, [fan_out], EVERYBODY, now=NOW, is_open=True)
        again = planning.plan_slice(connection, [fan_out], EVERYBODY, now=NOW, is_open=True)
        active = concerned.count_concerned(connection, fan_out)
        for about in ([change], list(CHANGES.values())):
            _assert_followed_alike(connection, [person for person, _ in present], about)
        rows = connection.execute(select(ledger)).all()
        made = connection.execute(select(messages)).all()
    assert {row.subscriber_id: row.outcome for row in rows} == expected
    assert active == sum(person.id in expected and person.state == "active" for person, _ in present)
    is_expired = fan_out.outcome is Outcome.EXPIRED
    assert planned == Planned(recorded=len(rows), expired=len(rows) if is_expired else 0)
    assert again == Planned()
    # A Message for each who is owed it, and for nobody else.
    owed = sorted(row.subscriber_id for row in rows if row.outcome == Outcome.OWED)
    assert sorted(row.subscriber_id for row in rows if row.message_id) == owed
    assert sorted(row.subscriber_id for row in made) == owed


def _present(
    crowd: list[tuple[Subscriber, datetime | None]], fan_out: FanOut, share: st.DataObject
) -> list[tuple[Subscriber, datetime | None]]:
    """The crowd with ids. Own Cadences rarely coincide by chance, so half of it takes the step's."""
    present = []
    for number, (person, ended_at) in enumerate(crowd, start=1):
        if fan_out.cadence and share.draw(st.booleans()):
            leads = parse_cadence(fan_out.cadence.split())
            person = replace(person, cadence=leads, cadence_since=share.draw(MOMENTS))  # noqa: PLW2901
        present.append((replace(person, id=number, subscriptions=_once(person)), ended_at))
    return present


def _assert_followed_alike(connection: Connection, crowd: list[Subscriber], about: list[Change]) -> None:
    """The database says of all who follow any of these, and of who did in time, what the pure functions say."""
    named = [(each.id, each.service) for each in about]
    following = sum(person.state == "active" and any(map(person.follows, about)) for person in crowd)
    assert subscribers_of.people_following(connection, named) == following
    in_time = {person.id for person in crowd if any(person.followed_before(each, DUE) for each in about)}
    found = connection.scalars(select(everybody.c.id).where(follows_any(connection, named, before=DUE)))
    assert set(found) == in_time


def _once(person: Subscriber) -> tuple:
    """The database holds a Topic once, since the earliest moment."""
    kept = {each.topic: each for each in sorted(person.subscriptions, key=lambda e: e.since, reverse=True)}
    return tuple(kept.values())


def test_a_suspended_subscriber_gets_a_row_that_says_so_and_no_mail(database: Engine) -> None:
    suspended = a_subscriber(state=SubscriberState.SUSPENDED, since=LONG_AGO)
    with writing(database) as connection:
        people.put(connection, [(suspended, LONG_AGO)])
    plan(database, reminder("a"))
    with writing(database) as connection:
        assert connection.scalar(select(ledger.c.outcome)) == Outcome.SUSPENDED
        assert connection.scalar(select(func.count()).select_from(messages)) == 0


def test_two_nodes_that_plan_at_once_make_each_notice_and_each_message_once(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with writing(engine) as connection:
        people.put(connection, [(replace(a_subscriber(), id=n), None) for n in range(1, 41)])
    steps = [reminder("a"), reminder("b", "60d")]
    first_recorded = threading.Event()

    def other_node() -> Planned:
        first_recorded.wait()
        with writing(engine) as connection:
            return planning.plan_slice(connection, steps, EVERYBODY, now=NOW, is_open=True)

    with ThreadPoolExecutor() as pool:
        with writing(engine) as connection:
            planned = planning.plan_slice(connection, steps, EVERYBODY, now=NOW, is_open=True)
            waiting = pool.submit(other_node)
            first_recorded.set()
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert (planned.recorded, waiting.result().recorded) == (80, 0)
    with writing(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(messages)) == 40
        assert connection.scalar(select(func.count(ledger.c.message_id.distinct()))) == 40
    engine.dispose()


def test_hundreds_of_steps_at_once_are_planned_alike(database: Engine) -> None:
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None)])
        steps = [reminder(f"change-{number}") for number in range(450)]
        planned = planning.plan_slice(connection, steps, EVERYBODY, now=NOW, is_open=True)
        assert planned == Planned(recorded=450)
        assert connection.scalar(select(func.count(ledger.c.message_id))) == 450
        assert connection.scalar(select(func.count()).select_from(messages)) == 1


def test_news_which_never_comes_too_late_is_planned_on_both_databases(database: Engine) -> None:
    told = reminder("a")
    step = replace(told.step, kind=NoticeKind.MOVED, lead=None, revision=2, expires=None)
    with writing(database) as connection:
        people.put(connection, [(a_subscriber(), None)])
    plan(database, replace(told, step=step, cadence=None))
    with writing(database) as connection:
        assert connection.execute(select(ledger.c.kind, ledger.c.expires)).all() == [("moved", None)]


def test_who_left_a_change_out_or_goes_on_with_one_is_told_alike_on_both(
    database: Engine,
) -> None:
    lifted = Exclusion(topic=parse_topic("change:b"), lifted_at=DUE - timedelta(seconds=1))
    left_out = Exclusion(topic=parse_topic("change:a"))
    late = replace(a_subscriber(since=DUE), joined_at=LONG_AGO)
    going_on = Continuation(change="b", since=DUE - timedelta(seconds=1))
    crowd = [
        a_subscriber(exclusions=(left_out, lifted)),
        replace(a_subscriber(), id=2),
        replace(late, id=3, continuations=(going_on,)),
        replace(late, id=4),
    ]
    with writing(database) as connection:
        people.put(connection, [(person, None) for person in crowd])
    plan(database, reminder("a"), reminder("b"))
    with writing(database) as connection:
        told = connection.execute(select(ledger.c.subscriber_id, ledger.c.deadline))
        assert sorted(map(tuple, told)) == [(1, "b/end"), (2, "a/end"), (2, "b/end"), (3, "b/end")]
