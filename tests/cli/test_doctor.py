"""The command `doctor`: its lines, its JSON, its exit codes; and it changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.rehearsal import Rehearsal


def files_of(place: Rehearsal) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (place.folder / "var").rglob("*") if file.is_file()}


def test_an_installation_that_has_begun_has_no_errors_and_is_left_as_it_was(place: Rehearsal) -> None:
    before = files_of(place.begun())
    called = place("doctor")
    assert (called.code, "error" in called.out) == (0, False)
    assert "mails were composed" in called.words
    assert files_of(place) == before


def test_it_makes_nothing_where_nothing_is_yet_and_an_error_is_exit_1(place: Rehearsal) -> None:
    place.list.write_text("revision =", encoding="utf-8")
    called = place("doctor", "--json")
    levels = {each["about"]: each["level"] for each in called.json}
    assert (called.code, levels["list"], levels["database"]) == (1, "error", "ok")
    assert files_of(place) == {}


def test_settings_that_cannot_be_read_are_each_an_error_and_exit_78(place: Rehearsal) -> None:
    place.set("NOTIFIER_MAIL__CONNECTIONS", "0")
    place.set("NOTIFIER_WEB__BIND", "somewhere")
    called = place("doctor", "--json")
    assert called.code == 78
    assert [each["level"] for each in called.json] == ["error", "error"]
    assert "web.bind" in called.out


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can give a directory to another user, and setpriv takes root's powers away",
)
def test_who_is_not_the_daemons_user_is_told_so(tmp_path: Path) -> None:
    state = tmp_path / "var"
    state.mkdir(mode=0o700)
    os.chown(state, 65534, 65534)
    powerless = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    called = subprocess.run(
        [*powerless, sys.executable, "-m", "notifier", "doctor"],
        check=False, capture_output=True, text=True, env=os.environ | {"NOTIFIER_STATE_DIR": str(state)},
    )  # fmt: skip
    assert (called.returncode, called.stderr) == (78, "")
    assert "sudo -u notifier" in called.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every directory")
def test_a_state_directory_of_somebody_else_is_told_of(place: Rehearsal) -> None:
    state = place.begun().folder / "var"
    state.chmod(0)
    called = place("doctor")
    state.chmod(0o700)
    assert (called.code, "sudo -u notifier" in called.words) == (78, True)
