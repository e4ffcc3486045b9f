"""Marks: what private calendars show of Answers holds as long as the Answers do, and what they raise never falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete

from notifier.core.answer import Answer, AnswerKind, AnswerRules, AnswerState, Evidence, Party, Way
from notifier.core.holder import Mark
from notifier.core.stance import Doubt, stance_of
from notifier.store import answers, evidence, marks, vendors
from notifier.store.answer_tables import answers as answers_table
from notifier.store.answer_tables import evidence as evidence_table
from notifier.store.circumstances import circumstances
from notifier.store.engine import reading, writing
from tests.core.lists import TIMING, a_change
from tests.store.people import MAY, join

BLABAER = Party(vendor="blabaer")
RULES = AnswerRules()
DAY = timedelta(days=1)
AUGUST = datetime(2026, 8, 3, 8, tzinfo=UTC)


@pytest.fixture
def known(database: Engine) -> Engine:
    with writing(database) as connection:
        add_vendors(connection, "blabaer")
    return database


def add_vendors(connection: Connection, *names: str) -> None:
    wanted = [vendors.checked(vendor_id=name, name=name) for name in names]
    vendors.put_many(connection, wanted, now=MAY)


def say(connection: Connection, kind: AnswerKind, *, now: datetime, party: Party = BLABAER) -> Answer:
    planned = (now + 60 * DAY).date() if kind is AnswerKind.PLANNED else None
    said = Answer(
        id=0, party=party, change_id="portal", kind=kind, at=now, way=Way.OPERATOR, by="Kari", planned=planned
    )
    return answers.add(connection, said)


def see(connection: Connection, calls: int, last_seen: date, *, now: datetime) -> None:
    seen = Evidence(vendor="blabaer", change_id="portal", calls=calls, last_seen=last_seen, at=now)
    evidence.add(connection, [seen])


def mark_of(connection: Connection, party: Party = BLABAER) -> Mark:
    (found,) = marks.marks_of(connection, [party], timing=TIMING)[party]
    return found


def test_use_seen_after_done_puts_it_in_doubt_until_none_is_seen_any_more(known: Engine) -> None:
    steps = [
        (0, date(2026, 7, 1), None, 1),
        (9, date(2026, 8, 3), None, 1),
        (9, date(2026, 8, 4), Doubt.TRAFFIC, 2),
        (5, date(2026, 8, 6), Doubt.TRAFFIC, 2),
        (0, date(2026, 8, 6), None, 3),
    ]
    with writing(known) as connection:
        see(connection, 7, date(2026, 8, 2), now=AUGUST - DAY)
        say(connection, AnswerKind.DONE, now=AUGUST)
        at = AUGUST
        for number, (calls, last_seen, doubt, times) in enumerate(steps, start=1):
            before, now = mark_of(connection), AUGUST + 7 * number * DAY
            see(connection, calls, last_seen, now=now)
            at = now if times > before.times else at
            found = mark_of(connection)
            assert (found.doubt, found.times, found.at, found.said_at) == (doubt, times, at, AUGUST)
        # Said anew, it holds again.
        say(connection, AnswerKind.DONE, now=AUGUST + 60 * DAY)
        assert (mark_of(connection).doubt, mark_of(connection).times) == (None, 4)


def test_whoever_answers_for_themselves_is_not_doubted_for_what_a_vendor_does(known: Engine) -> None:
    lone = Party(subscriber_id=join(known).id)
    with writing(known) as connection:
        say(connection, AnswerKind.DONE, now=AUGUST, party=lone)
        see(connection, 9, date(2026, 8, 9), now=AUGUST + 7 * DAY)
        assert mark_of(connection, lone).is_settled


_EVENTS = st.lists(
    st.one_of(st.sampled_from(AnswerKind), st.tuples(st.integers(0, 1), st.integers(0, 20))), max_size=8
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=_EVENTS)
def test_a_mark_is_settled_as_its_stance_is_and_rises_with_each_turn(
    known: Engine, events: list[AnswerKind | tuple[int, int]]
) -> None:
    with writing(known) as connection:
        for table in (answers_table, evidence_table):
            connection.execute(delete(table))
    before: Mark | None = None
    for number, event in enumerate(events, start=1):
        now = AUGUST + 7 * number * DAY
        with writing(known) as connection:
            if isinstance(event, AnswerKind):
                say(connection, event, now=now)
            else:
                see(connection, event[0], (now - event[1] * DAY).date(), now=now)
            met = circumstances(connection, [BLABAER], timing=TIMING, rules=RULES, now=now)
            last = answers.last_counting(connection, [BLABAER]).get((BLABAER, "portal"))
            stance = stance_of(last, change=a_change(), circumstances=met)
            found = marks.marks_of(connection, [BLABAER], timing=TIMING).get(BLABAER)
            raised = marks.most_raised(connection, [BLABAER]).get(BLABAER, 0)
        if found is None:
            assert not stance.is_settled
            continue
        (mark,) = found
        assert mark.is_settled is stance.is_settled
        assert mark.times <= raised
        if before and (before.kind, before.planned, before.said_at, before.doubt) != (
            mark.kind,
            mark.planned,
            mark.said_at,
            mark.doubt,
        ):
            assert (mark.times, mark.at) > (before.times, before.at)
            assert mark.at > before.at
        if before:
            assert mark.times >= before.times
        before = mark


def test_answers_that_wait_are_not_shown(known: Engine) -> None:
    with writing(known) as connection:
        waiting = Answer(
            id=0,
            party=BLABAER,
            change_id="portal",
            kind=AnswerKind.DONE,
            at=AUGUST,
            way=Way.MAIL,
            state=AnswerState.WAITING,
        )
        added = answers.add(connection, waiting)
        assert marks.marks_of(connection, [BLABAER], timing=TIMING) == {}
        assert answers.decide(connection, added.id, AnswerState.COUNTS, by="Kari", now=AUGUST + DAY)
    with reading(known) as connection:
        found = mark_of(connection)
    assert (found.said_at, found.at, found.times) == (AUGUST, AUGUST + DAY, 1)
