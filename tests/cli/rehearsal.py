"""A rehearsal installation in a folder, and its commands called in this process.

place = Rehearsal(tmp_path, monkeypatch)
place.join("kari@epj.example.no", now=MAY_1)
assert place("tick", now=MAY_1).code == 0
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from notifier.cli.commands import run
from notifier.core.subscription import Subscriber
from notifier.store import installation
from notifier.store.engine import open_engine, writing
from tests.prepared import put_first_things, put_tables
from tests.sources.lists import SMALL
from tests.store.people import join

OSLO = ZoneInfo("Europe/Oslo")


def oslo(year: int, month: int, day: int, hour: int = 8, minute: int = 5) -> datetime:
    """A local instant, by default five past eight."""
    return datetime(year, month, day, hour, minute, tzinfo=OSLO)


KARI = "kari@epj.example.no"
FIRST_TICK = oslo(2026, 11, 23)
JOINED = oslo(2026, 11, 24)


@dataclass(frozen=True)
class Called:
    """What a command came to: its exit code, what it printed, what it said on standard error."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it printed, without its line breaks and columns."""
        return " ".join(self.out.split())

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Rehearsal:
    """An installation on the small list, in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, begun: Path | None = None) -> None:
        self.folder = folder
        self._begun = begun
        self.list = folder / "list.toml"
        self.list.write_text(SMALL, encoding="utf-8")
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        self.set("NOTIFIER_STATE_DIR", str(folder / "var"))
        self.set("NOTIFIER_LIST__PATH", str(self.list))
        self.set("NOTIFIER_PUBLISHER__CONTACT", "varsler@example.no")

    def set(self, name: str, value: str) -> None:
        """Set a variable of its environment."""
        self._monkeypatch.setenv(name, value)

    def __call__(self, *arguments: str, now: datetime | None = None) -> Called:
        """Run a command to its end."""
        if now and "preview" not in arguments:
            put_first_things(self.folder / "var")
        given = ["--now", now.isoformat()] if now else []
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*arguments, *given])
        return Called(code, out.getvalue(), err.getvalue())

    def begun(self) -> Rehearsal:
        """The same, once its list is in force and Kari follows everything and knows where she stands."""
        if self._begun:
            shutil.copytree(self._begun, self.folder / "var", dirs_exist_ok=True)
            return self
        assert self("tick", now=FIRST_TICK).code == 0
        self.join(KARI, now=JOINED)
        assert self("tick", now=JOINED).code == 0
        return self

    def join(self, address: str, *follows: str, now: datetime) -> Subscriber:
        """Let somebody join."""
        with self.opened() as engine:
            with writing(engine) as connection:
                installation.begin_acting(connection, given=now, wall=now)
            return join(engine, address, *follows, now=now)

    def mails(self) -> list[EmailMessage]:
        """What came into the Maildir, oldest first."""
        folder = self.folder / "var" / "mail" / "new"
        files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns) if folder.is_dir() else []
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    @contextlib.contextmanager
    def opened(self) -> Iterator[Engine]:
        """Its database, for what no command does."""
        file = self.folder / "var" / "notifier.sqlite3"
        put_tables(file)
        engine = open_engine(f"sqlite:///{file}")
        try:
            yield engine
        finally:
            engine.dispose()


def added(place: Rehearsal, *options: str, address: str = KARI) -> Rehearsal:
    """The installation once somebody was added."""
    called = place("subscribers", "add", address, *options, now=JOINED)
    assert called.code == 0, called.err
    return place
