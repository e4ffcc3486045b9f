"""An installation in a folder, and its programs as processes of their own: started, asked, stopped, killed.

    place = Installation(tmp_path, sink=sink)
    with place.running() as daemon:
        assert daemon.get("/health/ready").status == 200

Unless a test asks for the machine's clock, an installation lives on a Tuesday morning in November 2026.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, and_, exists, or_, select

from notifier.app import clock as machines_clock
from notifier.core.text import Language
from notifier.store import joining
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import upgrade
from notifier.store.tables import messages
from tests.peers.smtp_sink import SmtpSink
from tests.prepared import put_tables
from tests.sources.lists import SMALL
from tests.store.people import a_joiner
from tests.web.serving import Answer, Client

START = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Oslo
AT_TIME = Path(__file__).with_name("at_time.py")
ROOT = AT_TIME.parents[2]
PATIENCE = 30.0


@dataclass
class Program:
    """One process of ours. What it printed and logged is kept in two files."""

    process: subprocess.Popen[bytes]
    output: Path
    errors: Path
    port: int

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        """What it logged so far."""
        return self.errors.read_text(encoding="utf-8")

    def get(self, path: str) -> Answer:
        """Ask its page."""
        return Client(port=self.port).get(path)

    def end(self, *, seconds: float = PATIENCE) -> int:
        """Wait for its end; answers the exit code (negative: the signal)."""
        return self.process.wait(seconds)

    def kill(self) -> None:
        """As kill -9 does."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """As systemd does: SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def wait_ready(self) -> None:
        """Until the page answers, whether all is well or not."""
        until(self._answers, why=lambda: f"it does not answer: {self.log}")

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.log}"
        try:
            return self.get("/health/ready").status in (200, 503) and "Running" in self.said
        except OSError:
            return False


@dataclass
class Installation:
    """A folder with a list and a state directory, mailing to `sink`, else into a Maildir.

    `within` is put before every command, such as a program that confines it.
    """

    folder: Path
    sink: SmtpSink | None = None
    database_url: str | None = None
    machines_clock: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    started: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        if not self.list.exists():
            self.list.write_text(SMALL, encoding="utf-8")
        self.set_clock(START)

    @property
    def list(self) -> Path:
        """The list's file."""
        return self.folder / "changes.toml"

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / "var" / "notifier.sqlite3"

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        moved = 0.0 if self.machines_clock else float((self.folder / "clock").read_text(encoding="ascii"))
        return machines_clock() + timedelta(seconds=moved)

    def set_clock(self, instant: datetime) -> None:
        """Turn its clock, of running programs too; it goes on from there."""
        file = self.folder / "clock.new"
        file.write_text(str((instant - machines_clock()).total_seconds()), encoding="ascii")
        file.rename(self.folder / "clock")

    def pass_time(self, **amount: float) -> None:
        """Turn its clock on, as `timedelta` counts."""
        self.set_clock(self.now + timedelta(**amount))

    def environment(self, port: int) -> dict[str, str]:
        """Nothing but what a service has, and our settings."""
        given = {
            "PATH": os.environ["PATH"],
            "NOTIFIER_STATE_DIR": str(self.folder / "var"),
            "NOTIFIER_LIST__PATH": str(self.list),
            "NOTIFIER_WEB__BIND": f"127.0.0.1:{port}",
            "NOTIFIER_PUBLISHER__NAME": "Varsler",
            "NOTIFIER_PUBLISHER__CONTACT": "varsler@example.no",
        }
        if self.sink:
            given["NOTIFIER_MAIL__URL"] = self.sink.url
        if self.database_url:
            given["NOTIFIER_DATABASE__URL"] = self.database_url
        if not self.machines_clock:
            given |= {"MOVED_CLOCK": str(self.folder / "clock"), "PYTHONPATH": str(ROOT)}
        return given | self.settings

    def start(self, *arguments: str, port: int | None = None) -> Program:
        """Start a command and do not wait for it."""
        self.started += 1
        port = port or free_port()
        program = ["-m", "notifier"] if self.machines_clock else [str(AT_TIME)]
        output, errors = (self.folder / f"{kind}.{self.started}" for kind in ("output", "errors"))
        with output.open("wb") as out, errors.open("wb") as err:
            process = subprocess.Popen(
                [*self.within, sys.executable, *program, *arguments],
                cwd=self.folder, env=self.environment(port), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )  # fmt: skip
        return Program(process=process, output=output, errors=errors, port=port)

    def call(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; answers exit code and everything it said."""
        program = self.start(*arguments)
        with ended(program):
            return program.end(seconds=2 * PATIENCE), program.said + program.log

    def json(self, *arguments: str) -> Any:
        """What a command prints with `--json`."""
        program = self.start(*arguments, "--json")
        with ended(program):
            assert program.end(seconds=2 * PATIENCE) == 0, program.log
            return json.loads(program.said)

    @contextlib.contextmanager
    def running(self, *, port: int | None = None) -> Iterator[Program]:
        """The daemon, once its page answers; ended with the block whatever happens."""
        daemon = self.start("run", port=port)
        with ended(daemon):
            daemon.wait_ready()
            yield daemon

    @cached_property
    def engine(self) -> Engine:
        """The database, opened by the test itself; made if there is none."""
        if not self.database_url:
            put_tables(self.file)
        engine = open_engine(self.database_url or f"sqlite:///{self.file}")
        upgrade(engine)
        return engine

    def people_join(self, count: int, *, name: str = "person") -> None:
        """Let some people join; each is owed a standing mail, which may leave at any hour."""
        self.people_named(*(f"{name}{n}@leverandor.example" for n in range(count)))

    def people_named(self, *addresses: str) -> None:
        """Let these people join."""
        people = [a_joiner(address, language=Language.EN) for address in addresses]
        with writing(self.engine) as connection:
            joining.add_many(connection, people, now=self.now)

    def states(self) -> dict[str, int]:
        """How many Messages are in each state."""
        with reading(self.engine) as connection:
            found = [row.state for row in connection.execute(messages.select())]
        return {state: found.count(state) for state in sorted(set(found))}

    def is_idle(self) -> bool:
        """Whether nothing is on its way, and nothing that waits could leave now."""
        on_its_way = messages.c.state.in_(["claimed", "transmitting"])
        could_leave = and_(messages.c.state == "pending", messages.c.not_before <= self.now)
        with reading(self.engine) as connection:
            return not connection.scalar(select(exists().where(or_(on_its_way, could_leave))))

    def close(self) -> None:
        """Let go of the database."""
        if "engine" in self.__dict__:
            self.engine.dispose()


@contextlib.contextmanager
def ended(program: Program) -> Iterator[Program]:
    """Whatever happens in the block, the process does not outlive it."""
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.process.send_signal(signal.SIGCONT)
            program.kill()


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE, why: Callable[[], str] = str) -> None:
    """Wait until something holds. Raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why() or f"it did not happen within {seconds} s"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
