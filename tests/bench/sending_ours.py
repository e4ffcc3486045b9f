"""Our own way out, from due Notices in the database to Verdicts recorded: `fill` makes them, `send` sends them.

Each in a process of its own, so that the figures are those of sending alone; see `tests.bench.sending`.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import uvloop
from sqlalchemy import func, insert, select

from notifier.app import Parts, assemble, open_database
from notifier.compose.templates import shipped_templates
from notifier.daemon.memory import settle_in
from notifier.daemon.tick import plan
from notifier.jobs.dispatch import dispatch
from notifier.logs import start_logging
from notifier.settings import Settings
from notifier.settings.tables import DatabaseSettings, ListSettings, MailSettings, PublisherSettings
from notifier.store import installation, nodes
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, subscribers, subscriptions
from tests.bench.planning import people
from tests.core.lists import LONG_AGO, oslo

# Seven days before the old login of Kjernejournal's portal ends.
NOW = oslo("2026-11-24", "09:00")
BEFORE = oslo("2026-11-23", "09:00")
REAL_LIST = Path("config/breaking-changes.toml").resolve()
FOLLOWED = "kjernejournal-portal-gammel-innlogging"


def _parts(asked: Namespace, folder: Path) -> Parts:
    settings = Settings(
        state_dir=folder,
        list=ListSettings(path=REAL_LIST),
        publisher=PublisherSettings(name="Varsler for e-helse", contact="varsler@example.no"),
        database=DatabaseSettings(url=asked.database),
        mail=MailSettings(url=asked.mail, connections=asked.connections),
    )
    return assemble(settings, engine=open_database(settings), templates=shipped_templates())


def fill(asked: Namespace, parts: Parts) -> None:
    """That many Subscribers, each of whom is owed one reminder."""
    plan(parts, BEFORE)
    with writing(parts.engine) as connection:
        installation.begin_acting(connection, given=None, wall=BEFORE)
        for start in range(0, asked.count, 10_000):
            ids = range(start + 1, min(start + 10_000, asked.count) + 1)
            connection.execute(insert(subscribers), list(people(ids)))
            follows = {"scope": "change", "target": FOLLOWED, "since": LONG_AGO}
            connection.execute(insert(subscriptions), [{"subscriber_id": n, **follows} for n in ids])
    plan(parts, NOW)


def _node(parts: Parts) -> int:
    with writing(parts.engine) as connection:
        return nodes.register(connection, "bench")


def send(parts: Parts) -> dict[str, float]:
    """Everything that is due; the figures of this process, the times by a clock that all processes share."""
    sender = parts.sender(node=_node(parts), clock=lambda: NOW)
    settle_in()  # as the daemon does
    began, busy = time.monotonic(), time.process_time()
    done = uvloop.run(dispatch(sender))
    ended = time.monotonic()
    with reading(parts.engine) as connection:
        left = connection.scalar(select(func.count()).select_from(messages).where(messages.c.state != "sent"))
    return {
        "sent": done.sent,
        "left": left or 0,
        "began": began,
        "ended": ended,
        "processor_seconds": time.process_time() - busy,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Do what is asked and print the figures as JSON."""
    parser = ArgumentParser()
    parser.add_argument("what", choices=("fill", "send"))
    parser.add_argument("--database", required=True)
    parser.add_argument("--mail", default="smtp://127.0.0.1:25")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=4)
    asked = parser.parse_args()
    start_logging(form="json", level="info")
    with tempfile.TemporaryDirectory() as folder:
        parts = _parts(asked, Path(folder))
        if asked.what == "fill":
            fill(asked, parts)
        else:
            json.dump(send(parts), sys.stdout)


if __name__ == "__main__":
    main()
