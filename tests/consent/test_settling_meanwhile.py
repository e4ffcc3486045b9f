"""An Answer that is taken back in the very moment in which its reminder is settled: nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

from sqlalchemy import Connection, Engine, select, update

from notifier.consent.reconsidering import reconsider
from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.message import Message
from notifier.core.notice import Outcome
from notifier.core.subscription import Subscriber
from notifier.jobs.settling import settle_claimed
from notifier.store import answers, changes, holding, outbox
from notifier.store.engine import writing
from notifier.store.tables import messages, notices
from tests.consent.saying import BLABAER, CHANGES, MAY, NOW, RULED, contact, owed, say, spare
from tests.core.lists import TIMING
from tests.core.test_stance import an_answer

# Long enough for the second to come to where it waits.
MEANWHILE = 0.4


def a_reminder_on_its_way(database: Engine) -> tuple[Subscriber, list[Message]]:
    """Somebody who said “done”, and the Message, just claimed, that carries a reminder of it."""
    person = contact(database)
    say(database, person)
    spare(database, person, "30d", outcome=Outcome.OWED)
    with writing(database) as connection:
        changes.put_in_force(
            connection, changes=CHANGES, merged=CHANGES, differences=(), news=(), since={}, now=MAY
        )
        # Not the Letter that tells them of their Answer.
        carrying = select(messages.c.id).where(messages.c.letter.is_(None)).scalar_subquery()
        connection.execute(update(notices).values(message_id=carrying))
        claimed = outbox.claim(connection, node=1, now=NOW, is_open=True, next_opening=NOW)
    return person, [*claimed]


def settle(connection: Connection, claimed: list[Message]) -> int:
    """How many are left to tell."""
    return len(
        settle_claimed(
            connection, claimed, timing=TIMING, rules=AnswerRules(), may_receive=lambda _: True, now=NOW
        )
    )


def test_whoever_takes_it_back_waits_for_the_reminder_to_be_settled(database: Engine) -> None:
    person, claimed = a_reminder_on_its_way(database)
    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            settle(connection, claimed)
            coming = pool.submit(partial(say, database, person, AnswerKind.NONE))
            wait([coming], timeout=MEANWHILE)
            assert not coming.done()
        assert coming.result().is_new
    assert owed(database) == ["30d"]


def test_the_reminder_is_settled_by_what_whoever_takes_it_back_leaves(database: Engine) -> None:
    _, claimed = a_reminder_on_its_way(database)

    def settling() -> int:
        with writing(database) as connection:
            return settle(connection, claimed)

    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            assert holding.hold(connection, BLABAER)
            coming = pool.submit(settling)
            wait([coming], timeout=MEANWHILE)
            assert not coming.done()
            answers.add(connection, an_answer(AnswerKind.NONE))
            reconsider(connection, [(BLABAER, "portal")], now=NOW, **RULED)
        coming.result()
    assert owed(database) == ["30d"]
