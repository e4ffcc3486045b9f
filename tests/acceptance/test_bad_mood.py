"""A relay in a bad mood for an hour, and a process that is killed again and again meanwhile."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.core.message import MessageState
from notifier.store import joining
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.acceptance.invariants import assert_finished
from tests.acceptance.scenes import MONDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.peers.smtp_script import Act, Envelope, drop, say
from tests.peers.smtp_sink import SmtpSink
from tests.simulation.process import Crash, Process, make_mortal, running
from tests.store.people import a_joiner

MINUTE = timedelta(minutes=1)
SEED = 20261124
CROWD = 1_000
KILLS = 10
IDENTITY = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE)
TROUBLE = (
    ("mail", say("421 4.3.2 closing", drops=True)),
    ("rcpt", say("550 5.1.1 no such user")),
    ("verdict", say("452 4.3.1 no space")),
    ("verdict", drop()),
    ("verdict", drop(accepts=True)),
)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Iterator[Story]:
    begun = before_joining(tmp_path, sink, url=sqlite_url)
    with writing(begun.parts.engine) as connection:
        joining.add_many(connection, [a_joiner(address) for address in a_crowd(CROWD)], now=MONDAY)
    make_mortal(begun.parts.engine)
    yield begun
    begun.parts.engine.dispose()


def test_every_mail_arrives_none_more_than_twice_and_what_is_lost_is_said(
    story: Story, sink: SmtpSink
) -> None:
    chance, met = random.Random(SEED), Counter[str]()
    sink.script.choose = in_a_bad_mood(chance, met)
    now = MONDAY
    for _ in range(KILLS):
        with running(Process(dies_at=chance.randint(1, 90))), pytest.raises(Crash):
            story.tick(now)
        now += 5 * MINUTE
    story.every(5 * MINUTE, since=now, until=now + 15 * MINUTE)
    sink.script.reset()
    story.every(20 * MINUTE, since=now + 20 * MINUTE, until=now + 100 * MINUTE)

    arrived = Counter(found[1].decode() for mail in sink.accepted if (found := IDENTITY.search(mail.data)))
    with reading(story.parts.engine) as connection:
        rows = connection.execute(select(messages)).all()
    assert met.total() > CROWD / 4, f"seed {SEED}"
    assert arrived.total() == len(sink.accepted)
    assert len(rows) == CROWD
    assert max(arrived.values()) == 2
    assert_finished(story)
    told = story.alerts()
    for row in rows:
        if row.state == MessageState.SENT:
            assert arrived[row.header_id] in (1, 2)
        else:
            assert f"{row.state}:{row.id}" in told
            assert row.state == MessageState.UNKNOWN or row.header_id not in arrived


def in_a_bad_mood(chance: random.Random, met: Counter[str]) -> Callable[[str, Envelope], Act | None]:
    """A third of all Messages meet trouble: closing, full, refused, or hung up on with or without the mail.

    How often that happened at which step is counted in `met`.
    """

    def choose(step: str, _: Envelope) -> Act | None:
        acts = [act for at, act in TROUBLE if at == step]
        if not acts or chance.random() >= len(acts) / len(TROUBLE) / 3:
            return None
        met[step] += 1
        return chance.choice(acts)

    return choose
