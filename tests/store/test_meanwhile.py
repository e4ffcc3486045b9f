"""What one connection forgets or closes while another brings it to life: whoever comes second sees what has become
of it. SQLite has one writer at a time, so that there nobody is second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, select, update

from notifier.core.cadence import parse_lead
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.plan import FanOut
from notifier.core.subscription import EVERYTHING, SubscriberState
from notifier.core.text import Language
from notifier.jobs.recover import free_stranded
from notifier.store import asks, erasing, expiring, leaving, letters, planning, pruning, subscribers
from notifier.store.engine import open_engine, writing
from notifier.store.planning import Slice
from notifier.store.tables import messages, notices
from tests.jobs.test_holding import wait_until_blocked
from tests.store.people import JUNE, KEYED, MAY, join, look_up, message_states, outcomes

OLA = "ola@epj.example.no"


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    opened = open_engine(postgres_url)
    yield opened
    opened.dispose()


def second(engine: Engine, work: Callable[[Connection], int], *, after: Callable[[Connection], None]) -> int:
    """How many rows some work changes that is begun before what it comes `after` is committed."""

    def begin() -> int:
        with writing(engine) as connection:
            return work(connection)

    with ThreadPoolExecutor(1) as another:
        with writing(engine) as connection:
            after(connection)
            working = another.submit(begin)
            wait_until_blocked(engine)
        return working.result(timeout=20)


def ask_anew(connection: Connection) -> None:
    asks.add_pending(connection, address=OLA, language=Language.NB, now=JUNE)
    found = subscribers.find(connection, OLA)
    assert found is not None
    asks.put(
        connection, found.id, language=Language.NB, topics=[EVERYTHING], way="page", known_as="", now=JUNE
    )
    letters.put(connection, found.id, LetterKind.CONFIRMATION, now=JUNE)


def test_an_old_address_is_not_forgotten_with_what_it_asks_anew(engine: Engine) -> None:
    with writing(engine) as connection:
        asks.add_pending(connection, address=OLA, language=Language.NB, now=MAY)

    forgotten = second(engine, lambda c: pruning.forget_unconfirmed(c, before=JUNE), after=ask_anew)
    assert forgotten == 0
    assert message_states(engine) == ["pending"]
    assert look_up(engine, OLA).state is SubscriberState.PENDING


def test_who_left_long_ago_is_not_erased_as_they_ask_anew(engine: Engine) -> None:
    ola = join(engine, OLA)
    with writing(engine) as connection:
        leaving.leave(connection, subscriber_id=ola.id, why="asked to", now=MAY)

    def erase(connection: Connection) -> int:
        return erasing.erase_ended(connection, before=JUNE, limit=9, pseudonyms=KEYED, now=JUNE)

    assert second(engine, erase, after=ask_anew) == 0
    assert message_states(engine) == ["cancelled", "pending"]
    assert look_up(engine, OLA).state is SubscriberState.LEFT


def test_an_emptied_message_is_not_closed_as_another_node_fills_it(engine: Engine) -> None:
    join(engine, OLA, "change:a")
    with writing(engine) as connection:
        connection.execute(update(notices).values(outcome=Outcome.CANCELLED.value))
    step = Step(
        deadline="a/end", kind=NoticeKind.REMINDER, due=JUNE, lead=parse_lead("7d"), spoken="2026-06-08"
    )
    due = FanOut(step=step, change_id="a", service="portal", outcome=Outcome.OWED, cadence="")

    def fill(connection: Connection) -> None:
        planning.plan_slice(connection, [due], Slice(after=0, upto=99), now=JUNE, is_open=True)

    closed = second(engine, lambda c: expiring.close_emptied(c, now=JUNE), after=fill)
    assert closed == 0
    assert message_states(engine) == ["pending"]
    assert outcomes(engine) == ["cancelled", "owed"]
    with writing(engine) as connection:
        owed = notices.c.outcome == Outcome.OWED.value
        assert connection.scalar(select(notices.c.message_id).where(owed)) == 1


def test_what_a_message_left_behind_goes_out_with_another(engine: Engine) -> None:
    join(engine, OLA, "change:a")
    with writing(engine) as connection:
        connection.execute(update(messages).values(state=MessageState.TRANSMITTING.value))
    assert free_stranded(engine=engine) == 0
    with writing(engine) as connection:
        connection.execute(update(messages).values(state=MessageState.SENT.value))
    assert free_stranded(engine=engine) == 1
    assert free_stranded(engine=engine) == 0
    with writing(engine) as connection:
        planning.plan_slice(connection, [], Slice(after=0, upto=99), now=JUNE, is_open=True)
    assert message_states(engine) == ["sent", "pending"]
    assert outcomes(engine) == ["owed"]
