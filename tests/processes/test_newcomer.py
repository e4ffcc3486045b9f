"""Somebody tries the program: no settings, an empty folder, the machine's own clock."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator

import pytest

from notifier.shipped import shipped
from tests.processes.installation import Installation, Program, until


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    place = Installation(tmp_path_factory.mktemp("bare"), machines_clock=True)
    place.list.unlink()
    place.settings = {"NOTIFIER_LIST__PATH": "", "NOTIFIER_PUBLISHER__CONTACT": ""}
    yield place
    place.close()


@pytest.fixture(scope="module")
def daemon(bare: Installation) -> Iterator[Program]:
    with bare.running() as running:
        yield running


def test_the_daemon_says_what_it_read_where_mail_goes_what_is_next_and_where_to_look(daemon: Program) -> None:
    first = [line.split()[0] for line in daemon.said.splitlines() if line[:1].isalpha()]
    words = "".join(daemon.said.split())
    assert first == ["List", "Mail", "People", "Next", "Page", "Running;"]
    assert str(shipped("config", "breaking-changes.toml")) in words
    assert "goestomaildir:" in words
    assert f"http://127.0.0.1:{daemon.port}/" in words


def test_page_calendar_and_health_answer(daemon: Program) -> None:
    assert "Kjernejournal" in daemon.get("/").text
    assert daemon.get("/calendar.ics").text.startswith("BEGIN:VCALENDAR")
    assert daemon.get("/health/live").status == 200
    assert daemon.get("/health/ready").status == 200


def test_what_it_keeps_is_for_its_owner_alone(bare: Installation, daemon: Program) -> None:
    kept = [path for path in (bare.folder / "var").iterdir() if path.is_file()]
    assert {"notifier.sqlite3", "signing.keys"} <= {path.name for path in kept}
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []


def test_whoever_is_added_gets_a_mail_within_20_seconds(bare: Installation, daemon: Program) -> None:
    code, said = bare.call("subscribers", "add", "kari@epj.example.no", "--language", "nb")
    assert code == 0, said

    mails = bare.folder / "var" / "mail" / "new"
    until(lambda: mails.is_dir() and any(mails.iterdir()), seconds=20)
    (file,) = mails.iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["To"] == "kari@epj.example.no"
    assert f"http://127.0.0.1:{daemon.port}/leave/" in mail["List-Unsubscribe"]


def test_sigterm_ends_it_in_order_within_seconds(daemon: Program) -> None:
    daemon.process.terminate()
    assert daemon.end(seconds=10) == 0
    assert [word in daemon.log for word in ("stopping", "stopped", "Traceback")] == [True, True, False]
