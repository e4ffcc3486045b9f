"""Several daemons on one PostgreSQL: all of them send, and each Message leaves once."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.smtp_script import stall, wait
from tests.peers.smtp_sink import SmtpSink
from tests.postgresql import Server
from tests.processes.installation import Installation, until

CROWD = 90


@pytest.fixture
def place(tmp_path: Path, sink: SmtpSink, postgres_url: str) -> Iterator[Installation]:
    """An installation on PostgreSQL."""
    installation = Installation(tmp_path, sink=sink, database_url=postgres_url)
    yield installation
    installation.close()


def test_three_daemons_share_the_work_and_mail_everybody_once(place: Installation, sink: SmtpSink) -> None:
    sink.script.always("verdict", wait(0.05))
    with contextlib.ExitStack() as nodes:
        daemons = [nodes.enter_context(place.running()) for _ in range(3)]
        place.people_join(CROWD)
        until(lambda: place.states() == {"sent": CROWD}, why=lambda: str(place.states()))
        until(lambda: any('"sent"' in daemon.log for daemon in daemons))
    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == CROWD


def test_a_frozen_node_keeps_what_it_holds_and_the_others_send_the_rest(
    place: Installation, sink: SmtpSink
) -> None:
    sink.script.once("banner", stall())
    with place.running() as frozen:
        place.people_join(20)
        until(lambda: sink.connections == 1 and place.states() == {"claimed": 20})
        frozen.process.send_signal(signal.SIGSTOP)
        with place.running():
            place.people_join(20, name="later")
            until(lambda: place.states() == {"claimed": 20, "sent": 20}, why=lambda: str(place.states()))
            frozen.kill()
            until(lambda: place.states() == {"sent": 40}, why=lambda: str(place.states()))
    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == 40


def test_a_node_that_was_taken_for_dead_sends_nothing_under_its_old_claim(
    place: Installation, sink: SmtpSink, postgres_server: Server
) -> None:
    sink.script.once("banner", wait(6))
    with place.running() as frozen:
        place.people_join(20)
        until(lambda: sink.connections == 1 and place.states() == {"claimed": 20})
        frozen.process.send_signal(signal.SIGSTOP)
        postgres_server.cut_connections()
        with place.running():
            until(lambda: place.states() == {"sent": 20}, why=lambda: str(place.states()))
            frozen.process.send_signal(signal.SIGCONT)
            place.people_join(5, name="later")
            until(lambda: place.states() == {"sent": 25}, why=lambda: str(place.states()))
            assert frozen.get("/health/live").status == 200
    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == 25


def test_the_server_is_restarted_in_the_middle_and_nobody_is_mailed_twice(
    place: Installation, sink: SmtpSink, postgres_server: Server
) -> None:
    sink.script.always("verdict", wait(0.05))
    with place.running() as one, place.running() as other:
        place.people_join(CROWD)
        sink.wait_for(20)
        postgres_server.restart()
        until(place.is_idle, why=lambda: str(place.states()))
        until(lambda: one.get("/health/ready").status == other.get("/health/ready").status == 200)
        assert {one.process.poll(), other.process.poll()} == {None}
    once = {mail.recipients for mail in sink.accepted}
    assert len(sink.accepted) == len(once), "a verdict could be recorded once the server was back"
    assert place.states()["sent"] == len(once)
