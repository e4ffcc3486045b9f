"""The SQLite file is damaged, missing, foreign, full: refused or held with a clear text, and nothing sent twice."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notifier.store.engine import writing
from tests.peers.failing_disk import FailingDisk, NoDiskError
from tests.peers.smtp_script import wait
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, until

SMALL_DISK = 3 * 2**20


def scribbled_over(file: Path) -> None:
    with file.open("r+b") as content:
        content.seek(4096)
        content.write(os.urandom(file.stat().st_size - 4096))


def no_database(file: Path) -> None:
    file.write_text("this is no database\n" * 500, encoding="utf-8")


def cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 - 100)


@pytest.mark.parametrize("spoil", [scribbled_over, no_database, cut_off])
def test_a_spoilt_file_is_refused_in_a_sentence(
    place: Installation, sink: SmtpSink, spoil: Callable[[Path], None]
) -> None:
    place.people_join(50)
    place.close()
    spoil(place.file)
    code, said = place.call("run")
    assert code == 1
    assert str(place.file) in said
    assert "restore the last good copy" in " ".join(said.split())
    assert "Traceback" not in said
    assert sink.accepted == ()


def test_a_file_from_a_newer_release_is_refused(place: Installation) -> None:
    with writing(place.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    code, said = place.call("run")
    assert (code, "newer release" in said, "Traceback" in said) == (1, True, False), said


def test_a_rehearsal_is_refused(place: Installation) -> None:
    assert place.call("tick", "--now", place.now.isoformat())[0] == 0
    code, said = place.call("run")
    assert (code, "rehearsal" in said, "Traceback" in said) == (2, True, False), said


def test_an_empty_file_is_a_new_database(place: Installation) -> None:
    place.file.parent.mkdir(mode=0o700)
    place.file.touch(mode=0o600)
    with place.running() as daemon:
        assert daemon.get("/health/ready").status == 200


def test_a_file_deleted_while_running_is_missed_and_never_silently_replaced(place: Installation) -> None:
    with place.running() as daemon:
        for file in place.file.parent.glob("notifier.sqlite3*"):
            file.unlink()
        until(lambda: daemon.get("/health/ready").status == 503)
        assert str(place.file) not in daemon.get("/health/ready").text
        until(lambda: str(place.file) in daemon.log)
        assert daemon.get("/health/live").status == 200
        assert "PREG" in daemon.get("/").text
        assert not place.file.exists()
        assert daemon.stop() == 0


@pytest.fixture
def disk(place: Installation) -> Iterator[Path]:
    """A small disk of its own under the state directory."""
    folder = place.file.parent
    folder.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=0700", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    place.close()
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write until nothing more goes in."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"0" * size)
            except OSError:
                continue
    return filler


def test_a_full_disk_stops_sending_and_nothing_is_sent_twice_when_there_is_room_again(
    place: Installation, sink: SmtpSink, disk: Path
) -> None:
    sink.script.always("verdict", wait(0.1))
    place.people_join(60)
    with place.running() as daemon:
        sink.wait_for(5)
        filler = fill(disk)
        until(lambda: daemon.get("/health/ready").status == 503)
        until(lambda: "disk is full" in daemon.log)
        assert daemon.get("/health/live").status == 200
        filler.unlink()
        until(lambda: daemon.get("/health/ready").status == 200)
        until(place.is_idle, why=lambda: str(place.states()))
    place.pass_time(minutes=16)
    with place.running():
        until(lambda: place.states() == {"sent": 60}, why=lambda: str(place.states()))
    assert len({mail.recipients for mail in sink.accepted}) == 60
    assert len(sink.accepted) <= 60 + 4, "at most what was on the wire of four connections is sent again"


def test_a_read_only_disk_is_refused_in_a_sentence(place: Installation, disk: Path) -> None:
    place.people_join(1)
    place.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    code, said = place.call("run")
    assert (code, "may be read and written" in said, "Traceback" in said) == (1, True, False), said


@pytest.fixture
def failing_disk(place: Installation) -> Iterator[FailingDisk]:
    """A disk of its own under the state directory, which can be made to fail."""
    place.file.parent.mkdir(mode=0o700)
    try:
        disk = FailingDisk(place.folder / "disk", place.file.parent)
        disk.mount()
    except NoDiskError as why:
        pytest.skip(f"no disk can be made here: {why}")
    yield disk
    place.close()
    disk.unmount()


def test_a_disk_that_turns_read_only_stops_sending_and_nothing_is_lost_when_it_is_mended(
    place: Installation, sink: SmtpSink, failing_disk: FailingDisk
) -> None:
    sink.script.always("verdict", wait(0.1))
    place.people_join(60)
    place.close()
    with place.running() as daemon:
        sink.wait_for(5)
        failing_disk.fail()
        until(lambda: daemon.get("/health/ready").status == 503)
        until(lambda: "check the disk" in daemon.log)
        assert daemon.get("/health/live").status == 200
        daemon.kill()
    sink.script.reset()
    failing_disk.unmount()
    failing_disk.mount()
    for _ in range(2):
        code, said = place.call("tick")
        assert code == 0, said
        place.pass_time(minutes=16)
    assert place.states() == {"sent": 60}
    assert len({mail.recipients for mail in sink.accepted}) == 60
    assert len(sink.accepted) <= 60 + 4, "at most what was on the wire of four connections is sent again"
