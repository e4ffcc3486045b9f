"""SIGTERM in the middle of things."""

from __future__ import annotations

from tests.peers.smtp_script import stall, wait
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until


def test_sigterm_while_sending_finishes_what_is_on_the_wire_and_records_it(
    place: Installation, sink: SmtpSink
) -> None:
    sink.script.always("verdict", wait(0.2))
    place.people_join(60)
    with place.running() as daemon:
        sink.wait_for(5)
        assert daemon.stop() == 0
        assert "Traceback" not in daemon.log
    sent = len(sink.accepted)
    assert 5 <= sent < 60
    assert place.states() == {"pending": 60 - sent, "sent": sent}

    sink.script.reset()
    with place.running():
        until(lambda: place.states() == {"sent": 60})
    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == 60


def test_sigterm_does_not_wait_for_ever_for_a_relay_that_is_silent(
    place: Installation, sink: SmtpSink
) -> None:
    sink.script.always("verdict", stall(accepts=True))
    place.people_join(1)
    with place.running() as daemon:
        sink.wait_for(1)
        daemon.process.terminate()
        assert daemon.end(seconds=45) == 0
    assert place.states() == {"transmitting": 1}


def test_a_second_signal_ends_it_at_once(place: Installation, sink: SmtpSink) -> None:
    sink.script.always("verdict", stall(accepts=True))
    place.people_join(1)
    with place.running() as daemon:
        sink.wait_for(1)
        daemon.process.terminate()
        until(lambda: "stopping" in daemon.log)
        daemon.process.terminate()
        assert daemon.end(seconds=5) == 0
    assert place.states() == {"transmitting": 1}
