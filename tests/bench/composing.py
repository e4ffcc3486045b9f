"""Composing: a mail the whole way and spliced, and all that a Message costs beside the wire.

Run in a process of its own by `python -m tests.bench`. `python -m tests.bench.composing 1000000` does the latter with
so many Messages waiting. The relay is one that takes everything at once, so that only our own work is measured: claim,
settle, compose, arm, record, for reminders in one language.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import structlog
import uvloop

from notifier.app import assemble
from notifier.channels.channel import Parcel
from notifier.compose.composer import Composer
from notifier.compose.messages import compose
from notifier.core.answer import AnswerRules
from notifier.core.notice import NoticeKind
from notifier.core.reply import SENT, Verdict
from notifier.daemon.memory import settle_in
from notifier.jobs.dispatch import dispatch
from notifier.jobs.remind import remind
from notifier.settings import load
from notifier.store.engine import open_engine
from notifier.store.migrating import upgrade
from tests.bench import planning
from tests.compose.spliced import VOICE, somebody, told
from tests.core.lists import TIMING
from tests.postgresql import NoPostgresError, running_server

ROUNDS = 5
MESSAGES = 5_000
WAITING = (10_000, 100_000)


class Swallow:
    """A way out, and its only connection, that takes everything at once."""

    room = 1_000_000_000
    is_hung_up = False

    def __init__(self) -> None:
        self.taken = 0

    async def open(self) -> Swallow:
        """Itself."""
        return self

    def describe(self) -> str:
        """Where nothing goes."""
        return "nowhere"

    async def send(self, _: Parcel, /) -> Verdict:
        """Taken."""
        self.taken += 1
        return SENT

    async def send_all(self, parcels: Sequence[Parcel], /, *, latest: float) -> AsyncGenerator[Verdict]:
        """All taken, whatever the `latest`."""
        for parcel in parcels:
            yield await self.send(parcel)

    async def close(self) -> None:
        """Nothing to part from."""


def _seconds(work: Callable[[int], object], times: int) -> float:
    """Processor time for one, the best of several rounds: others use the machine too."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for number in range(times):
            work(number)
        rounds.append((time.process_time() - began) / times)
    return min(rounds)


def _composing() -> dict[str, float]:
    matter, composer = told(NoticeKind.REMINDER), Composer(VOICE)
    people = [somebody(number) for number in range(1_000)]
    whole = _seconds(lambda number: compose(matter, people[number], VOICE), 40)
    for person in people[:2]:
        composer.compose(matter, person)
    spliced = _seconds(lambda number: composer.compose(matter, people[number]), 1_000)
    return {"whole": whole, "spliced": spliced, "bytes": len(composer.compose(matter, people[0]).data)}


def _fill(url: str, waiting: int) -> None:
    """So many Subscribers with a reminder each that is due."""
    planning.DEADLINES = 1
    engine = open_engine(url)
    upgrade(engine)
    planning.fill(engine, waiting)
    remind(engine=engine, timing=TIMING, rules=AnswerRules(), now=planning.NOW)


def _send(url: str) -> dict[str, float]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))
    swallow = Swallow()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NOTIFIER_STATE_DIR": folder, "NOTIFIER_DATABASE__URL": url}
        sender = replace(assemble(load(None)), channel=swallow).sender(node=1, clock=lambda: planning.NOW)
        settle_in()  # as the daemon does
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        done = uvloop.run(dispatch(sender, draining=lambda: swallow.taken >= MESSAGES))
        busy = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": busy / done.sent, "peak_mb": peak / 1024, "before_mb": before / 1024}


def _measured(url: str, waiting: int) -> dict[str, float]:
    """Filled and sent in processes of their own, so that the peak memory is that of sending."""
    # As in deploy/: else the C library keeps freed memory apart for every thread.
    os.environ["MALLOC_ARENA_MAX"] = "2"
    command = [sys.executable, "-m", "tests.bench.composing"]
    subprocess.run([*command, "fill", url, str(waiting)], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([*command, "send", url], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def _databases() -> Iterator[dict[str, Callable[[], str]]]:
    """By the database's name, how to get the URL of an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        names = iter(range(1_000))
        makers = {"SQLite": lambda: f"sqlite:///{Path(folder, f'{next(names)}.sqlite3')}"}
        try:
            with running_server() as server:
                yield {**makers, "PostgreSQL": lambda: server.url(server.create())}
        except NoPostgresError:
            yield {**makers}


def main(*waiting: int) -> None:
    """Print one JSON object with the figures."""
    figures: dict[str, object] = {"composing": _composing()}
    with _databases() as databases:
        for name, make in databases.items():
            figures[name] = {str(count): _measured(make(), count) for count in waiting or WAITING}
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", url, waiting]:
            _fill(url, int(waiting))
        case ["send", url]:
            json.dump(_send(url), sys.stdout)
        case counts:
            main(*map(int, counts))
