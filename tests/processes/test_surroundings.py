"""What the machine gives: time zones, locale, ports, settings, the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import ROOT, Installation, free_port, until
from tests.sources.lists import small


def test_time_zone_and_locale_of_the_machine_change_nothing(place: Installation, sink: SmtpSink) -> None:
    place.list.write_text(small(('nb = "testdata"', 'nb = "prøvedata"')), encoding="utf-8")
    place.settings = {"TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    with place.running() as daemon:
        place.people_join(1)
        (mail,) = sink.wait_for(1)
        assert mail.message["Date"].datetime - place.now < timedelta(minutes=1)
        assert "prøvedata" in daemon.get("/nb").text
        assert "notes:" not in daemon.log
        assert "2026-12-02 08:00" in daemon.said  # Oslo's hour, 30 days before, whatever the machine's


def test_without_time_zones_it_does_not_start(place: Installation, tmp_path: Path) -> None:
    (tmp_path / "bare" / "tzdata").mkdir(parents=True)
    (tmp_path / "bare" / "tzdata" / "__init__.py").touch()
    place.settings = {"PYTHONTZPATH": "", "PYTHONPATH": f"{tmp_path / 'bare'}:{ROOT}"}
    code, said = place.call("run")
    assert (code, "list.time_zone" in said, "tzdata" in said, "Traceback" in said) == (
        78,
        True,
        True,
        False,
    ), said


def test_a_port_that_is_taken_is_said_before_anything_is_done(place: Installation, sink: SmtpSink) -> None:
    port = free_port()
    with place.running(port=port):
        second = Installation(place.folder / "second", sink=sink)
        second.people_join(1)
        program = second.start("run", port=port)
        assert program.end() == 1
        assert f"127.0.0.1:{port}" in program.log
        assert "Traceback" not in program.log
    assert sink.accepted == ()
    second.close()


def test_every_wrong_setting_is_named_at_once(place: Installation) -> None:
    place.settings = {
        "NOTIFIER_LIST__TIME_ZONE": "Europe/Atlantis",
        "NOTIFIER_REMINDERS__LEADS": "90d soon",
        "NOTIFIER_MAIL__CONNECTIONS": "0",
        "NOTIFIER_WEB__BIND": "somewhere",
        "NOTIFIER_GUARD__MOST": "3",
    }
    code, said = place.call("run")
    assert code == 78
    named = ("list.time_zone", "reminders.leads", "mail.connections", "web.bind", "guard.most")
    assert [key for key in named if key not in said.lower()] == []
    assert not (place.folder / "var").exists()


def test_a_clock_that_leaps_while_running_lets_nothing_leave_until_it_is_right_again(
    place: Installation, sink: SmtpSink
) -> None:
    with place.running() as daemon:
        until(lambda: daemon.get("/health/ready").status == 200)
        place.pass_time(days=60)
        place.people_join(1)
        until(lambda: "the clock" in daemon.get("/health/ready").text)
        assert daemon.get("/health/live").status == 200
        assert sink.accepted == ()

        place.pass_time(days=-60)
        until(lambda: daemon.get("/health/ready").status == 200)
        place.people_join(1, name="after")
        told = {name for mail in sink.wait_for(2) for name in mail.recipients}
        assert told == {"person0@leverandor.example", "after0@leverandor.example"}
