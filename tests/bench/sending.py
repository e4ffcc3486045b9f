"""How fast mail leaves, beside what C can do and what people would write: `python -m tests.bench.sending`.

    python -m tests.bench.sending [near] [far] [growth] [nodes] [--svg FILE] [--count 5000] [--most 100000] [--on KIND]

All four where none is named: beside the others, 10 ms away, how the cost grows with what waits up to `--most`, three
nodes against one.

The limit is Postfix's `smtp-source` into its `smtp-sink`, which takes everything and keeps nothing; both
are in Debian's package postfix. Everything sends a mail of the same size to the same sink; ours goes from due
Notices in the database to Verdicts recorded. What counts is the best of several runs in turn, since other work on the
machine slows any of them.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from tests.bench import sending_others
from tests.bench.plot import draw
from tests.postgresql import NoPostgresError, Server, running_server

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
ROUNDS = 2
# One way; a round trip takes twice as long.
FAR_MILLISECONDS = 5
FAR_COUNT = 300
PARTS = ("near", "far", "growth", "nodes")
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Bench:
    """The sink that everything sends to, the databases, and one of our own mails for the others to send."""

    def __init__(self, folder: Path, place: str, server: Server | None) -> None:
        self._folder = folder
        self._place = place
        self._server = server
        self._made = count(1)
        self.sample = folder / "sample.eml"

    def take_sample(self) -> None:
        """One of our own mails."""
        mailbox = self._folder / "mail"
        _python(
            "sending_ours", "send", "--database", self._filled("sqlite", 1), "--mail", f"maildir:{mailbox}"
        )
        (mail,) = (mailbox / "new").iterdir()
        self.sample.write_bytes(mail.read_bytes().replace(b"\n", b"\r\n"))

    def near(self, mails: int) -> list[tuple[str, float]]:
        """Messages a second of everything, in turn."""
        best: dict[str, float] = {}
        for _ in range(ROUNDS):
            for sessions in (1, 4, 16):
                name = f"smtp-source, {sessions} connections".replace("1 connections", "1 connection")
                best[name] = max(best.get(name, 0), self._source(4 * mails, sessions, self._place))
            for way in filter(sending_others.is_possible, sending_others.WAYS):
                name = sending_others.NAMES[way]
                best[name] = max(best.get(name, 0), self._other(way, mails // 2, self._place))
            for kind in self._kinds():
                name = f"ours, {DATABASES[kind]}"
                best[name] = max(best.get(name, 0), rate(self._ours(self._filled(kind, mails))))
        return sorted(best.items(), key=lambda entry: -entry[1])

    def far(self, held: ExitStack) -> list[tuple[str, float]]:
        """Messages a second over one connection to the same sink far away."""
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.delay", str(port), self._place, str(FAR_MILLISECONDS)]
        held.enter_context(serving(command, port))
        place = f"127.0.0.1:{port}"
        ours = self._ours(self._filled("sqlite", FAR_COUNT), place=place, connections=1)
        return [
            ("smtp-source", self._source(FAR_COUNT, 1, place)),
            (sending_others.NAMES["smtplib-bytes"], self._other("smtplib-bytes", FAR_COUNT, place)),
            ("ours, pipelined", rate(ours)),
        ]

    def growth(self, most: int, on: str | None) -> Iterator[str]:
        """How the cost grows with what waits, on one kind of database or all there are."""
        for kind in [on] if on else self._kinds():
            mails = 1_000
            while mails <= most:
                figures = self._ours(self._filled(kind, mails))
                seconds = figures["ended"] - figures["began"]
                busy = 1e6 * figures["processor_seconds"] / mails
                yield (
                    f"| {mails:,} | {DATABASES[kind]} | {seconds:.1f} s | {busy:.0f} µs"
                    f" | {figures['peak_mb']:.0f} MB |"
                )
                mails *= 10

    def nodes(self, mails: int) -> list[tuple[str, float]]:
        """Messages a second of several nodes on one PostgreSQL."""
        if self._server is None:
            return []
        rows = []
        for nodes in (1, 3):
            database = self._filled("postgresql", mails)
            running = [self._begun(database, self._place, 4) for _ in range(nodes)]
            figures = [json.loads(process.communicate()[0]) for process in running]
            seconds = max(f["ended"] for f in figures) - min(f["began"] for f in figures)
            rows.append((f"ours, {nodes} nodes", sum(f["sent"] for f in figures) / seconds))
        return rows

    def _kinds(self) -> list[str]:
        return ["sqlite", "postgresql"] if self._server else ["sqlite"]

    def _filled(self, kind: str, mails: int) -> str:
        """A new database in which so many reminders are due."""
        if kind == "postgresql" and self._server:
            url = self._server.url(self._server.create())
        else:
            url = f"sqlite:///{self._folder / f'{next(self._made)}.sqlite3'}"
        _python("sending_ours", "fill", "--database", url, "--count", str(mails))
        return url

    def _ours(self, database: str, *, place: str = "", connections: int = 4) -> dict[str, float]:
        process = self._begun(database, place or self._place, connections)
        figures: dict[str, float] = json.loads(process.communicate()[0])
        assert figures["left"] == 0, f"{figures['left']:.0f} were not sent"
        return figures

    def _begun(self, database: str, place: str, connections: int) -> subprocess.Popen[bytes]:
        given = ("--database", database, "--mail", f"smtp://{place}", "--connections", str(connections))
        command = [sys.executable, "-m", "tests.bench.sending_ours", "send", *given]
        # As in deploy/: else the C library keeps freed memory apart for every thread.
        return subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "MALLOC_ARENA_MAX": "2"})

    def _other(self, way: str, mails: int, place: str) -> float:
        figures = json.loads(_python("sending_others", way, str(mails), place, str(self.sample)))
        return mails / float(figures["seconds"])

    def _source(self, mails: int, sessions: int, place: str) -> float:
        size = len(self.sample.read_bytes())
        command = ["smtp-source", "-d", "-s", str(sessions), "-m", str(mails), "-l", str(size), place]
        began = time.monotonic()
        subprocess.run(command, check=True, env={**os.environ, "PATH": PATH})
        return mails / (time.monotonic() - began)


def rate(figures: dict[str, float]) -> float:
    """Messages a second."""
    return figures["sent"] / (figures["ended"] - figures["began"])


def _python(module: str, *given: str) -> bytes:
    command = [sys.executable, "-m", f"tests.bench.{module}", *given]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _print(title: str, rows: list[tuple[str, float]]) -> None:
    print(f"| {title} | messages a second |\n|---|---|")
    for name, rate in rows:
        print(f"| {name} | {rate:,.0f} |")
    print(flush=True)


def _server(held: ExitStack) -> Server | None:
    try:
        server = held.enter_context(running_server())
    except NoPostgresError as error:
        print(f"without PostgreSQL: {error}")
        return None
    server.keep_promises()
    return server


@contextmanager
def _sink() -> Iterator[str]:
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = ["smtp-sink", *user, f"127.0.0.1:{port}", "500"]
    with serving(command, port):
        yield f"127.0.0.1:{port}"


@contextmanager
def serving(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, "PATH": PATH})
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _near(bench: Bench, asked: Namespace) -> None:
    rows = bench.near(asked.count)
    _print("the same mail to the same sink", rows)
    if asked.svg:
        bars = [(name, each, name.startswith("ours")) for name, each in rows]
        draw(asked.svg, title="The same mail to the same sink", unit="a second", bars=bars)


def _growth(bench: Bench, asked: Namespace) -> None:
    print("| how many | on | time | processor time for each | peak memory |\n|---|---|---|---|---|")
    for row in bench.growth(asked.most, asked.on):
        print(row, flush=True)
    print()


def main() -> None:
    """Measure and print what is asked for."""
    parser = ArgumentParser()
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="all where none is named")
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--on", choices=[*DATABASES], help="growth on one database instead of both")
    asked = parser.parse_args()
    if unknown := {*asked.parts} - {*PARTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if not (shutil.which("smtp-source", path=PATH) and shutil.which("smtp-sink", path=PATH)):
        sys.exit("smtp-source and smtp-sink are needed (Debian's package postfix)")
    if not sending_others.is_possible("django"):
        print("without Django, which is not installed: pip install django")
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        bench = Bench(folder, held.enter_context(_sink()), _server(held))
        bench.take_sample()
        print(f"{os.cpu_count()} processors, a mail of {len(bench.sample.read_bytes()):,} bytes\n")
        for part in asked.parts or PARTS:
            match part:
                case "near":
                    _near(bench, asked)
                case "far":
                    _print("one connection, 10 ms away", bench.far(held))
                case "growth":
                    _growth(bench, asked)
                case "nodes":
                    _print("several nodes on one PostgreSQL", bench.nodes(2 * asked.count))


if __name__ == "__main__":
    main()
