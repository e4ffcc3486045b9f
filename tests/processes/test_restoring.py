"""The restore drill: an older copy put in force again is recognised, and so is a database that is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

from notifier.store import installation
from notifier.store.engine import writing
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until


def put_in_force(place: Installation, copy: Path) -> None:
    """As the handbook says: the copy takes the place of the file, and its companions go."""
    place.close()
    del place.__dict__["engine"]
    for companion in place.file.parent.glob(f"{place.file.name}-*"):
        companion.unlink()
    shutil.copyfile(copy, place.file)
    place.file.chmod(0o600)


def test_an_older_copy_sends_nothing_until_a_person_has_looked(place: Installation, sink: SmtpSink) -> None:
    copy = place.folder / "copy.sqlite3"
    place.people_join(1)
    assert place.call("backup", str(copy))[0] == 0
    with place.running() as daemon:
        sink.wait_for(1)
        until(place.is_idle)
        daemon.stop()

    put_in_force(place, copy)
    with place.running() as daemon:
        until(lambda: "sending is paused" in daemon.get("/health/ready").text)
        code, said = place.call("outbox", "list")
        assert (code, "pending" in said) == (0, True)
        assert len(sink.accepted) == 1

        code, said = place.call("resume", "--told-until", place.now.isoformat())
        assert (code, "1 notices count as told" in said) == (0, True)
        until(lambda: daemon.get("/health/ready").status == 200)
        place.people_join(1, name="after")
        assert sink.wait_for(2)[-1].recipients == ("after0@leverandor.example",)
        daemon.stop()
    assert len(sink.accepted) == 2


def test_an_empty_database_where_there_was_a_full_one_waits_for_a_person(
    place: Installation, sink: SmtpSink
) -> None:
    place.people_join(1)
    assert (place.call("tick")[0], len(sink.accepted)) == (0, 1)

    place.close()
    del place.__dict__["engine"]
    for file in place.file.parent.glob(f"{place.file.name}*"):
        file.unlink()
    with place.running() as daemon:
        assert "paused by the daemon" in daemon.said
        assert "sending is paused" in daemon.get("/health/ready").text
        assert "another database than before" in daemon.log
        place.people_join(1, name="after")
        with writing(place.engine) as connection:
            assert installation.resume(connection)
        assert sink.wait_for(2)[-1].recipients == ("after0@leverandor.example",)
