"""kill -9 exactly where it hurts: the relay stops answering at a step, and the process dies waiting for it.

On a rehearsal, whose clock is an argument: waiting a quarter of an hour is another `tick --now`.
"""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from notifier.store import alerts, installation
from notifier.store.engine import reading, writing
from tests.peers.smtp_script import Act, stall
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import START, Installation, ended, until


@pytest.fixture
def rehearsal(place: Installation) -> Installation:
    """A rehearsal in which one person is owed a mail."""
    with writing(place.engine) as connection:
        installation.begin_acting(connection, given=START - timedelta(hours=1), wall=START)
    place.set_clock(START - timedelta(hours=1))
    place.people_join(1)
    return place


def tick(place: Installation, *, minutes: int = 0) -> int:
    """One tick to its end, so long after the start; answers its exit code."""
    code, said = place.call("tick", "--now", (START + timedelta(minutes=minutes)).isoformat())
    assert "Messages" in said, said
    return code


def kill_at(place: Installation, sink: SmtpSink, step: str, act: Act, *, minutes: int = 0) -> None:
    """Kill a tick that waits for the relay at a step; afterwards the relay answers as usual."""
    sink.script.always(step, act)
    before, commands = len(sink.accepted), len(sink.commands)
    reached = {
        "banner": lambda: sink.connections > 0,
        "verdict": lambda: len(sink.accepted) > before,
        "body": lambda: "DATA" in sink.commands[commands:],
    }
    word = step.upper()
    met = reached.get(step, lambda: any(line.startswith(word) for line in sink.commands[commands:]))
    with ended(place.start("tick", "--now", (START + timedelta(minutes=minutes)).isoformat())) as program:
        until(met, why=lambda: program.log)
        program.kill()
    sink.script.reset()


def test_killed_before_it_was_armed_the_mail_leaves_at_the_next_tick(
    rehearsal: Installation, sink: SmtpSink
) -> None:
    kill_at(rehearsal, sink, "banner", stall())
    assert rehearsal.states() == {"claimed": 1}
    assert tick(rehearsal) == 0
    assert len(sink.accepted) == 1


@pytest.mark.parametrize(
    ("step", "act"), [("rcpt", stall()), ("body", Act(reply="", pause=math.inf, after=100))]
)
def test_killed_before_the_final_dot_the_mail_waits_and_arrives_once(
    rehearsal: Installation, sink: SmtpSink, step: str, act: Act
) -> None:
    kill_at(rehearsal, sink, step, act)
    assert rehearsal.states() == {"transmitting": 1}
    tick(rehearsal, minutes=1)
    assert (rehearsal.states(), len(sink.accepted)) == ({"pending": 1}, 0)
    tick(rehearsal, minutes=17)
    assert (rehearsal.states(), len(sink.accepted)) == ({"sent": 1}, 1)


def test_killed_before_the_verdict_was_recorded_the_same_mail_is_sent_once_more(
    rehearsal: Installation, sink: SmtpSink
) -> None:
    kill_at(rehearsal, sink, "verdict", stall(accepts=True))
    tick(rehearsal, minutes=1)
    assert len(sink.accepted) == 1
    tick(rehearsal, minutes=17)
    first, second = sink.accepted
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_killed_twice_in_doubt_the_mail_is_never_sent_a_third_time(
    rehearsal: Installation, sink: SmtpSink
) -> None:
    kill_at(rehearsal, sink, "verdict", stall(accepts=True))
    tick(rehearsal, minutes=1)
    kill_at(rehearsal, sink, "verdict", stall(accepts=True), minutes=17)
    tick(rehearsal, minutes=40)

    assert rehearsal.states() == {"unknown": 1}
    assert len(sink.accepted) == 2
    with reading(rehearsal.engine) as connection:
        assert any(found.key.startswith("unknown:") for found in alerts.open_alerts(connection))


def test_killed_after_the_verdict_was_recorded_nothing_is_sent_again(
    rehearsal: Installation, sink: SmtpSink
) -> None:
    kill_at(rehearsal, sink, "quit", stall())
    assert rehearsal.states() == {"sent": 1}
    tick(rehearsal, minutes=30)
    assert len(sink.accepted) == 1
