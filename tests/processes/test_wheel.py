"""The program as it is installed: a wheel, unpacked far from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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


def start(unpacked: Path, folder: Path, *arguments: str) -> Program:
    """Start a command of the unpacked wheel in a folder."""
    port = free_port()
    output, errors = folder / "output", folder / "errors"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "notifier", *arguments],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(unpacked),
                "NOTIFIER_WEB__BIND": f"127.0.0.1:{port}",
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
