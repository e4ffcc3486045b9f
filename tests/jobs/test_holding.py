"""Nobody waits in a circle: a Subscriber is held before anything is done to their Messages, on PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from notifier.consent.asking import ask
from notifier.core.answer import Party
from notifier.core.bounce import Weight
from notifier.core.caps import Entrance
from notifier.core.text import Language
from notifier.daemon.tick import plan
from notifier.store import bounces, holding, pruning
from notifier.store.bounces import Bounced
from notifier.store.engine import reading, writing
from notifier.store.subscribers import find
from notifier.store.tables import messages, notices, subscribers
from tests.acceptance.invariants import states
from tests.acceptance.scenes import MONDAY, TUESDAY, before_joining
from tests.acceptance.story import KARI, OLA, Story
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def story(tmp_path: Path, postgres_url: str, sink: SmtpSink) -> Iterator[Story]:
    begun = before_joining(tmp_path, sink, url=postgres_url)
    begun.joins(KARI, now=MONDAY)
    yield begun
    begun.parts.engine.dispose()


def wait_until_blocked(engine: Engine) -> None:
    """Until somebody waits for a lock that another has."""
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with reading(engine) as connection:
            if connection.scalar(blocked):
                return
        time.sleep(0.02)
    raise TimeoutError("nobody waits for a lock")


def finds_their_mails_free_while(engine: Engine, work: Callable[[], object], *, whose: int = 1) -> None:
    """Whoever changes somebody first may change their mails as well, though the work is under way by then."""
    with ThreadPoolExecutor(1) as another:
        with writing(engine) as connection:
            assert holding.hold(connection, Party(subscriber_id=whose))
            working = another.submit(work)
            wait_until_blocked(engine)
            connection.execute(select(messages.c.id).with_for_update(nowait=True))
        working.result(timeout=20)


def test_a_refused_address_is_held_before_its_mails(story: Story, sink: SmtpSink) -> None:
    sink.script.always("rcpt", say("550 5.1.1 no such mailbox"))
    finds_their_mails_free_while(story.parts.engine, lambda: story.tick(MONDAY))
    assert states(story) == {"failed": 1}


def test_an_address_that_a_report_tells_of_is_held_before_its_mails(story: Story) -> None:
    engine = story.parts.engine
    story.tick(MONDAY)

    def hear() -> None:
        with writing(engine) as connection:
            bounced = bounces.note(
                connection, message_id=1, moves=0, weight=Weight.HARD, words="5.1.1 gone", now=MONDAY
            )
            assert bounced is not None
            bounces.hold_against(connection, [bounced], limit=1, words="5.1.1 gone", now=MONDAY)

    finds_their_mails_free_while(engine, hear)
    with reading(engine) as connection:
        assert connection.scalar(select(subscribers.c.state)) == "suspended"


def test_who_never_confirmed_is_held_before_their_letters_are_forgotten(story: Story) -> None:
    engine, pseudonyms = story.parts.engine, story.parts.pseudonyms
    ask(
        engine=engine,
        pseudonyms=pseudonyms,
        address=OLA,
        language=Language.NB,
        topics=(),
        entrance=Entrance.PAGE,
        client="",
        now=MONDAY,
    )
    with reading(engine) as connection:
        found = find(connection, OLA)
        assert found is not None

    def forget() -> None:
        with writing(engine) as connection:
            assert pruning.forget_pending(connection, [found.id]) == 1

    finds_their_mails_free_while(engine, forget, whose=found.id)


def test_planning_does_not_wait_for_whoever_is_given_points(story: Story) -> None:
    engine = story.parts.engine
    bounced = Bounced(subscriber_id=1, moves=0, weight=Weight.HARD)
    with ThreadPoolExecutor(1) as another, writing(engine) as connection:
        bounces.hold_against(connection, [bounced], limit=99, words="5.1.1 gone", now=MONDAY)
        another.submit(plan, story.parts, TUESDAY).result(timeout=20)
        assert connection.scalar(select(notices.c.id).where(notices.c.kind == "reminder"))
