"""The program as it is installed: a wheel, unpacked far from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.deploy.listening import listening
from tests.deploy.sandbox import CANNOT, settings_of
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import ROOT, Program, ended, free_port

pytest.importorskip("hatchling", reason="building a wheel needs hatchling; it comes with notifier[test]")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "content")
    return folder / "content"


def start(
    unpacked: Path,
    folder: Path,
    *arguments: str,
    within: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Program:
    """Start a command of the unpacked wheel in a folder, with no more of an environment than is given."""
    port = free_port()
    output, errors = folder / "output", folder / "errors"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [*within, sys.executable, "-m", "notifier", *arguments],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(unpacked),
                "NOTIFIER_WEB__BIND": f"127.0.0.1:{port}",
                **(environment or {}),
            },
            stdout=out,
            stderr=err,
        )
    return Program(process=process, output=output, errors=errors, port=port)


def test_it_checks_the_list_that_it_brings(unpacked: Path, tmp_path: Path) -> None:
    program = start(unpacked, tmp_path, "check")
    assert program.end() == 0, program.log
    assert str(unpacked / "notifier") in "".join(program.said.split())


def test_it_prints_the_schema(unpacked: Path, tmp_path: Path) -> None:
    program = start(unpacked, tmp_path, "schema")
    assert program.end() == 0, program.log
    assert '"$schema"' in program.said


def test_it_makes_its_database_and_serves_page_and_style(unpacked: Path, tmp_path: Path) -> None:
    with ended(start(unpacked, tmp_path, "run")) as daemon:
        daemon.wait_ready()
        assert "Kjernejournal" in daemon.get("/").text
        assert daemon.get("/style.css").status == 200
        assert daemon.stop() == 0
    assert (tmp_path / "var" / "notifier.sqlite3").is_file()


UNITS = ROOT / "deploy" / "systemd"
HANDBOOK = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")


def as_the_unit_says(place: Path) -> tuple[list[str], dict[str, str]]:
    """What the daemon is started with, and the environment that systemd makes: directories, and credentials that
    only the daemon may read."""
    unit, drop_in = settings_of(UNITS / "notifier.service"), settings_of(UNITS / "credentials.conf")
    credentials = place / "credentials"
    credentials.mkdir(mode=0o700)
    for line in drop_in["LoadCredential"]:
        file = credentials / line.partition(":")[0]
        file.write_text("hemmelig\n", encoding="utf-8")
        file.chmod(0o400)
    given = dict(line.split("=", 1) for line in [*unit.get("Environment", []), *drop_in["Environment"]])
    environment = {name: value.replace("%d", str(credentials)) for name, value in given.items()}
    directories = {"STATE_DIRECTORY": str(place / "state"), "CREDENTIALS_DIRECTORY": str(credentials)}
    return unit["ExecStart"][0].split()[1:], environment | directories


def settings_of_the_handbook(place: Path, relay: str) -> Path:
    """The settings that the handbook sets at least, with this place's folders and its relay."""
    text = HANDBOOK.partition("set at least:\n")[2].partition("\nThen try it")[0]
    lines = [line.strip() for line in text.splitlines() if "password_file" not in line]
    shipped = "\n".join(lines)
    for there, here in (
        ("/var/lib/notifier", str(place / "state")),
        ("/etc/notifier/breaking-changes.toml", str(ROOT / "config" / "breaking-changes.toml")),
        ("smtp+starttls://notifier@relay.example.no:587", relay),
    ):
        assert there in shipped
        shipped = shipped.replace(there, here)
    file = place / "notifier.toml"
    file.write_text(shipped, encoding="utf-8")
    file.chmod(0o644)
    return file


def test_it_runs_as_the_unit_starts_it_with_the_handbooks_settings(unpacked: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "state").mkdir(parents=True, mode=0o700)
    arguments, environment = as_the_unit_says(place)
    confined = [
        sys.executable, str(ROOT / "tests" / "deploy" / "sandbox.py"), str(UNITS / "notifier.service"),
        str(place / "state"),
    ]  # fmt: skip
    if (
        subprocess.run([*confined, sys.executable, "-c", ""], check=False, capture_output=True).returncode
        == CANNOT
    ):
        pytest.skip("confining a process needs Linux, root, systemd-analyze and libseccomp")
    with SmtpSink() as sink, listening(tmp_path) as supervisor:
        environment["NOTIFIER_CONFIG"] = str(settings_of_the_handbook(place, sink.url))
        environment["NOTIFY_SOCKET"] = supervisor.address
        with ended(start(unpacked, place, *arguments, within=confined, environment=environment)) as daemon:
            daemon.wait_ready()
            assert supervisor.hears("READY=1")
            assert "Kjernejournal" in daemon.get("/nb").text
            assert daemon.get("/health/ready").status == 200
            assert daemon.stop() == 0
        assert [line for line in daemon.log.splitlines() if '"error"' in line] == []
    assert (place / "state" / "epoch").is_file()
    assert {file.name for file in place.iterdir()} == {
        "credentials",
        "errors",
        "notifier.toml",
        "output",
        "state",
    }
