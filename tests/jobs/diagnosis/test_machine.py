"""Files that others may read, a full disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from notifier.jobs.diagnosis.finding import Level
from notifier.jobs.diagnosis.machine import look_at_disk, look_at_secrets
from notifier.settings import Settings
from notifier.settings.keys import signing_keys


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a state directory that has begun."""
    signing_keys(tmp_path / "var")
    return Settings(state_dir=tmp_path / "var")


def test_what_only_its_owner_may_read_is_fine(settings: Settings) -> None:
    assert [found.level for found in look_at_secrets(settings)] == [Level.OK]


@pytest.mark.parametrize(("name", "mode"), [("signing.keys", "600"), ("", "700")])
def test_what_others_may_read_is_an_error_with_the_command_that_mends_it(
    settings: Settings, name: str, mode: str
) -> None:
    file = settings.state_dir / name
    file.chmod(0o755)
    (found,) = look_at_secrets(settings)
    assert (found.level, found.advice) == (Level.ERROR, f"run: chmod {mode} {file}")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"changeme\n", "could be forged"), (b"\xff\x00" * 32, "holds something else than keys; restore it")],
)
def test_signing_keys_that_links_cannot_rest_on_are_an_error(
    settings: Settings, content: bytes, wrong: str
) -> None:
    (settings.state_dir / "signing.keys").write_bytes(content)
    (found,) = look_at_secrets(settings)
    assert (found.level, wrong in found.seen) == (Level.ERROR, True)


@pytest.mark.parametrize(("free", "level"), [(10, Level.ERROR), (200, Level.WARNING), (900, Level.OK)])
def test_a_full_disk_is_said_before_it_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, level: Level
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert look_at_disk(Settings(state_dir=tmp_path / "not" / "yet")).level is level


@pytest.mark.parametrize("name", ["", "notifier.sqlite3"])
def test_what_cannot_be_written_to_is_an_error(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, name: str
) -> None:
    (settings.state_dir / "notifier.sqlite3").touch()
    assert look_at_disk(settings).level is not Level.ERROR
    # Root may write anywhere but on a disk that is read-only, and the tests may run as root.
    closed = settings.state_dir / name
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed and may(path, mode))
    found = look_at_disk(settings)
    assert (found.level, found.seen) == (Level.ERROR, f"this user may not write to {closed}")
