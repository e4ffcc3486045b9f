"""Two daemons on one SQLite file."""

from __future__ import annotations

from importlib.metadata import version

from tests.peers.smtp_script import wait
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until


def test_the_second_serves_its_page_says_why_it_does_not_send_and_takes_over_when_the_first_dies(
    place: Installation, sink: SmtpSink
) -> None:
    with place.running() as first, place.running() as second:
        assert "another process sends from this database" in " ".join(second.said.split())
        assert f"process {first.process.pid} " in " ".join(second.said.split())
        assert "PREG" in second.get("/").text

        listed = place.json("nodes")
        assert [(each["sends"], each["silent"]) for each in listed] == [(True, False), (False, False)]
        assert listed[0]["name"].endswith(f":{first.process.pid}")
        assert f"process {first.process.pid} " in listed[1]["why_not"]
        assert listed[0]["version"] == version("notifier")

        place.people_join(3)
        sink.wait_for(3)
        first.kill()
        place.people_join(3, name="later")
        assert len(sink.wait_for(6)) == 6
        assert second.get("/health/ready").status == 200
        assert second.stop() == 0
    assert [each["name"] for each in place.json("nodes")] == [listed[0]["name"]]  # the one that was killed


def test_both_at_once_mail_everybody_once(place: Installation, sink: SmtpSink) -> None:
    sink.script.always("verdict", wait(0.02))
    place.people_join(60)
    with place.running(), place.running():
        until(lambda: place.states() == {"sent": 60}, why=lambda: str(place.states()))
    assert len({mail.recipients for mail in sink.accepted}) == len(sink.accepted) == 60


def test_a_tick_beside_the_daemon_leaves_sending_to_it(place: Installation, sink: SmtpSink) -> None:
    sink.script.always("verdict", wait(0.1))
    place.people_join(30)
    with place.running():
        sink.wait_for(1)
        code, said = place.call("tick")
        assert (code, "another process sends" in " ".join(said.split())) == (0, True), said
        until(lambda: place.states() == {"sent": 30})
    assert len(sink.accepted) == 30
