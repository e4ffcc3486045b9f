"""The upgrade drill: a new release over older tables keeps a copy, tells nobody twice, and can be taken back."""

from __future__ import annotations

from notifier.store import migrating
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until

OLDEST = "0001"


def test_older_tables_are_copied_and_upgraded_at_the_start_and_what_was_told_stays_told(
    place: Installation, sink: SmtpSink
) -> None:
    place.people_join(2)
    code, said = place.call("tick")
    assert (code, len(sink.accepted)) == (0, 2), said
    migrating.downgrade(place.engine, OLDEST)
    place.close()

    with place.running() as daemon:
        kept = place.file.with_name(f"{place.file.name}.before-{migrating.newest()}")
        assert kept.stat().st_mode & 0o077 == 0
        assert migrating.current(place.engine) == migrating.newest()
        place.people_join(1, name="after")
        assert sink.wait_for(3)[-1].recipients == ("after0@leverandor.example",)
        until(place.is_idle)
        assert daemon.get("/health/ready").status == 200
        daemon.stop()
    assert len(sink.accepted) == 3
    assert [line for line in daemon.log.splitlines() if '"error"' in line] == []
