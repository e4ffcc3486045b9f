"""The canary flies by SMTP, comes back by LMTP, and is missed when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import uvloop
from sqlalchemy import Engine

from notifier.channels.choose import choose_channel
from notifier.core.canary import after_start
from notifier.jobs.canary import Aviary, watch_canary
from notifier.jobs.examine import examine
from notifier.store import canaries, installation
from notifier.store.engine import reading, writing
from tests.core.lists import TIMING
from tests.inbox.letterbox import Letterbox
from tests.inbox.letters import MAILBOX, US
from tests.peers.smtp_script import Mail, say
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import JUNE

BIRD = "kanarifugl@postkasse.example.no"
AVIARY = Aviary(address=BIRD, within=timedelta(minutes=60), sender=US, mailbox=MAILBOX)


class Sky:
    """Watching at minutes after the beginning, and the mailbox that passes mail on."""

    def __init__(self, engine: Engine, sink: SmtpSink, box: Letterbox) -> None:
        self.engine, self.sink, self.box = engine, sink, box

    def watch(self, minutes: float, aviary: Aviary = AVIARY) -> bool:
        """Whether the canary is missed then."""
        now = JUNE + timedelta(minutes=minutes)
        channel = choose_channel(url=self.sink.url, password=None, helo="node.example.no")
        uvloop.run(watch_canary(engine=self.engine, channel=channel, aviary=aviary, now=now))
        self.box.now = now
        return any("canary" in found.what for found in examine(engine=self.engine, timing=TIMING, now=now))

    def passes_on(self, mail: Mail, *, headers: str = "") -> str:
        """As a mailbox with a rule does: the same bytes to another recipient, with a line of its own above."""
        above = f"Received: from postkasse by mx; Mon, 1 Jun 2026 10:00:00 +0200\r\n{headers}"
        return self.box.hand_over(above.encode() + mail.data, sender=mail.sender, to=US)


@pytest.fixture
def sky(box: Letterbox, relay: SmtpSink) -> Sky:
    return Sky(box.engine, relay, box)


def test_one_that_comes_back_is_not_missed_and_the_next_day_another_one_flies(sky: Sky) -> None:
    assert not sky.watch(0)
    assert not sky.watch(1)
    (mail,) = sky.sink.accepted
    assert mail.recipients == (BIRD,)
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert sky.passes_on(mail).startswith("250")
    assert not sky.watch(24 * 60 - 1)
    assert not sky.watch(24 * 60)
    assert len(sky.sink.accepted) == 2
    assert sky.watch(25 * 60 + 1)


def test_one_that_is_late_turns_ready_red_until_it_is_back(sky: Sky) -> None:
    sky.watch(0)
    assert not sky.watch(60)
    assert sky.watch(61)
    assert sky.passes_on(sky.sink.accepted[0]).startswith("250")
    assert not sky.watch(62)


def test_forged_old_and_bounced_ones_say_nothing(sky: Sky) -> None:
    sky.watch(0)
    sky.watch(24 * 60)
    old, last = sky.sink.accepted
    sky.passes_on(old)
    assert sky.watch(24 * 60 + 1)
    forged = last.data.replace(b"Notifier-Canary: c-", b"Notifier-Canary: c-1")
    assert forged != last.data
    sky.box.hand_over(forged, sender=US, to=US)
    assert sky.watch(24 * 60 + 2)
    report = (
        b"From: MAILER-DAEMON@mx.example.no\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"
        + last.data
    )
    sky.box.hand_over(report, sender="", to=US)
    assert sky.watch(24 * 60 + 3)
    assert len(sky.sink.accepted) == 2  # none of it was sent on to a person
    sky.passes_on(last)
    assert not sky.watch(24 * 60 + 4)


def test_one_that_the_relay_refuses_is_tried_again_and_missed_meanwhile(sky: Sky) -> None:
    sky.sink.script.always("rcpt", say("450 4.2.0 not now"))
    assert not sky.watch(0)
    assert sky.watch(61)
    sky.sink.script.always("rcpt", say("250 2.1.5 fine"))
    sky.watch(72)
    sky.passes_on(sky.sink.accepted[0])
    assert not sky.watch(73)


def test_none_flies_during_a_pause_and_switched_off_none_is_missed(sky: Sky) -> None:
    with writing(sky.engine) as connection:
        installation.pause(connection, by="kari", reason="", now=JUNE)
    sky.watch(0)
    assert sky.sink.accepted == ()
    with writing(sky.engine) as connection:
        installation.resume(connection)
    sky.watch(1)
    assert sky.watch(100)
    off = Aviary(address=None, within=timedelta(minutes=60), sender=US, mailbox=MAILBOX)
    assert not sky.watch(101, off)
    with reading(sky.engine) as connection:
        assert canaries.last(connection) is None


def test_of_two_nodes_one_sends_it(database: Engine) -> None:
    first, second = after_start(None, now=JUNE), after_start(None, now=JUNE + timedelta(seconds=1))
    with writing(database) as connection:
        assert canaries.put(connection, first, instead_of=None)
        assert not canaries.put(connection, second, instead_of=None)
        assert canaries.put(connection, second, instead_of=first)
        assert not canaries.put(connection, second, instead_of=first)
        assert canaries.last(connection) == second
