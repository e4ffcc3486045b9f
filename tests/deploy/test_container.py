"""The container's files: their settings exist, and the health check tells a living daemon from a dead one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from notifier.settings import Settings, load
from tests.processes.installation import ROOT, Installation, free_port

HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
FOLDER = ROOT / "deploy" / "container"
CONTAINERFILE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
COMPOSE = (FOLDER / "compose.yaml").read_text(encoding="utf-8")


def health_check(port: int) -> list[str]:
    """The command of HEALTHCHECK, run by this Python against another port."""
    found = re.search(r"CMD (\[\"python\".*\])\n", CONTAINERFILE)
    assert found is not None
    command = [word.replace(":8080/", f":{port}/") for word in json.loads(found[1])]
    return [sys.executable, *command[1:]]


@pytest.mark.parametrize("text", [CONTAINERFILE, COMPOSE], ids=["Containerfile", "compose.yaml"])
def test_every_setting_in_it_exists_and_is_well_formed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(re.findall(r"(NOTIFIER_\w+)[=:] ?([^\s\\]+[^\n\\]*)", text))
    assert len(given) >= 2
    for name, value in given.items():
        monkeypatch.setenv(name, value.strip())
    assert isinstance(load(), Settings)


def test_it_copies_only_what_is_there_and_lets_in_only_that() -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE)
        for name in line.split()[:-1]
    }
    let_in = {
        line[1:]
        for line in (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
        if line[:1] == "!"
    }
    assert copied == let_in
    assert [name for name in copied if not (ROOT / name).exists()] == []


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed; it comes with notifier[dev]")
def test_hadolint_finds_nothing_to_say_about_the_containerfile() -> None:
    done = subprocess.run(
        [str(HADOLINT), "--failure-threshold", "style", str(FOLDER / "Containerfile")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_it_does_not_run_as_root() -> None:
    (user,) = re.findall(r"^USER (.+)$", CONTAINERFILE, re.MULTILINE)
    assert user == "10001:10001"


def test_the_health_check_tells_a_living_daemon_from_a_dead_one(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    with place.running() as daemon:
        assert subprocess.run(health_check(daemon.port), check=False).returncode == 0
        daemon.stop()
    dead = subprocess.run(health_check(free_port()), check=False, capture_output=True)
    assert dead.returncode != 0
