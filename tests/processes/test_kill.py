"""kill -9 while mail is being sent, again and again; the sink is the only witness."""

from __future__ import annotations

import random
import time
from collections import defaultdict

import pytest

from tests.peers.smtp_script import wait
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until

CROWD = 100
SEED = 20261124


def letters(sink: SmtpSink) -> dict[str, list[str]]:
    """The Message-IDs that each address got, in order."""
    got = defaultdict(list)
    for mail in sink.accepted:
        (recipient,) = mail.recipients
        got[recipient].append(str(mail.message["Message-ID"]))
    return dict(got)


def test_after_any_kill_every_mail_arrives_and_none_more_than_twice(
    place: Installation, sink: SmtpSink
) -> None:
    chance = random.Random(SEED)
    sink.script.always("verdict", wait(0.05))
    place.people_join(CROWD)
    for _ in range(4):
        with place.running() as daemon:
            enough = len(sink.accepted) + chance.randint(1, 20)
            until(lambda: len(sink.accepted) >= enough)  # noqa: B023
            time.sleep(chance.random() / 10)
            daemon.kill()
        place.pass_time(minutes=16)
    sink.script.reset()
    with place.running():
        until(place.is_idle)
    place.pass_time(minutes=16)
    with place.running():
        until(lambda: place.states() == {"sent": CROWD}, why=lambda: str(place.states()))

    got = letters(sink)
    assert len(got) == CROWD, f"seed {SEED}"
    assert max(map(len, got.values())) <= 2
    assert all(len(set(ids)) == 1 for ids in got.values())


@pytest.mark.parametrize("seconds", [0.5, 1.3])
def test_a_kill_at_any_moment_of_a_first_start_leaves_nothing_to_mend(
    place: Installation, sink: SmtpSink, seconds: float
) -> None:
    program = place.start("tick")
    time.sleep(seconds)
    program.kill()
    code, said = place.call("tick")
    assert code == 0, said
    assert "revision 1" in said
