"""The list is edited while the daemon runs."""

from __future__ import annotations

import re

from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until
from tests.sources.lists import small

LATER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2027-02-01"))
EARLIER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))


def test_a_new_revision_takes_force_and_is_told_at_the_same_run(place: Installation, sink: SmtpSink) -> None:
    place.people_join(3)
    with place.running() as daemon:
        sink.wait_for(3)
        place.list.write_text(small(*LATER), encoding="utf-8")
        told = sink.wait_for(6, seconds=30)[3:]
        assert {mail.recipients for mail in told} == {(f"person{n}@leverandor.example",) for n in range(3)}
        assert all("1 February 2027" in str(mail.message.get_body(("plain",))) for mail in told)
        until(lambda: "20270201" in daemon.get("/calendar.ics").text)


def test_a_held_reading_mails_nobody_until_it_is_approved(place: Installation, sink: SmtpSink) -> None:
    place.people_join(3)
    with place.running() as daemon:
        sink.wait_for(3)
        place.list.write_text(small(*EARLIER), encoding="utf-8")
        until(lambda: daemon.get("/health/ready").status == 503)

        public = daemon.get("/health/ready").text
        assert "is held" in public
        assert "2026-12-20" not in public
        assert daemon.get("/health/live").status == 200
        assert "20270101" in daemon.get("/calendar.ics").text
        assert len(sink.accepted) == 3

        _, why = place.call("changes", "list")
        assert "moves earlier" in why
        (reading,) = re.findall(r"notifier approve (\w+)", why)
        code, said = place.call("approve", reading, "--by", "kari")
        assert (code, "20 December 2026" in said or "2026-12-20" in said) == (0, True), said
        told = sink.wait_for(6, seconds=30)[3:]
        assert all("20 December 2026" in str(mail.message.get_body(("plain",))) for mail in told)
        until(lambda: daemon.get("/health/ready").status == 200)


def test_a_list_that_is_half_written_changes_nothing(place: Installation) -> None:
    with place.running() as daemon:
        whole = small(*LATER)
        place.list.write_text(whole[: whole.index("stated") + 9], encoding="utf-8")
        until(lambda: daemon.get("/health/ready").status == 503)
        assert "The list was refused" in daemon.get("/health/ready").text
        assert " line " not in daemon.get("/health/ready").text
        until(lambda: " line " in daemon.log)
        assert "20270101" in daemon.get("/calendar.ics").text

        place.list.write_text(whole, encoding="utf-8")
        until(lambda: "20270201" in daemon.get("/calendar.ics").text)
        assert daemon.get("/health/ready").status == 200
