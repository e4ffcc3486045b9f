"""Planning a million Notices: 100,000 Subscribers × 10 Deadlines, all due at once, on SQLite and PostgreSQL.

Run in a process of its own by `python -m tests.bench`, so that its peak memory is its own. Two references: the least
that SQLite needs for so many rows in tables with these indexes, by copying the finished ones into an empty database,
a slice in a transaction; and a hundredth of them decided one by one, with a query and an INSERT each, as one would at
first write it.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator

from sqlalchemy import Engine, exists, func, insert, select, text

from notifier.core.answer import AnswerRules
from notifier.jobs.refresh import refresh
from notifier.jobs.remind import remind
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import upgrade
from notifier.store.planning import SLICE
from notifier.store.tables import messages, notices, subscribers, subscriptions
from tests.core.lists import LONG_AGO, TIMING, oslo
from tests.postgresql import NoPostgresError, running_server

PEOPLE = 100_000
DEADLINES = 10
NOW = oslo("2026-11-24")
BEFORE = oslo("2026-11-20")


def _list() -> bytes:
    text = ["revision = 1", "[[service]]", 'id = "s"', 'name = "S"']
    for number in range(DEADLINES):
        text += ["[[change]]", f'id = "c{number}"', 'service = "s"', "checked = 2026-04-20"]
        for part in ("title", "summary", "affects", "action"):
            text += [f'{part}.{language} = "words {number}"' for language in ("nb", "nn", "en")]
        text += ['source = { document = "a roadmap" }', "[[change.deadline]]", 'id = "end"', 'kind = "end"']
        text += ["when = 2026-12-01"]
    return "\n".join(text).encode()


class _Bytes:
    name = "the bench's list"

    def read(self) -> bytes:
        """The list."""
        return _list()


def fill(engine: Engine, count: int) -> None:
    """So many Subscribers who follow everything, under a list that was there before them."""
    refresh(engine=engine, source=_Bytes(), timing=TIMING, max_people=0, now=BEFORE, wall=BEFORE)
    remind(engine=engine, timing=TIMING, rules=AnswerRules(), now=BEFORE)
    with writing(engine) as connection:
        for start in range(0, count, 10_000):
            ids = range(start + 1, min(start + 10_000, count) + 1)
            connection.execute(insert(subscribers), list(people(ids)))
            follows = [
                {"subscriber_id": n, "scope": "everything", "target": "", "since": LONG_AGO} for n in ids
            ]
            connection.execute(insert(subscriptions), follows)


def people(ids: range) -> Iterator[dict[str, object]]:
    """Their rows."""
    for number in ids:
        address = f"person{number}@leverandor{number % 900}.example"
        yield {
            "id": number,
            "public_id": f"p{number}",
            "address": address,
            "identity": address,
            "language": "nb",
            "state": "active",
            "joined_at": LONG_AGO,
            "basis": "bench",
        }


def _one_by_one(engine: Engine) -> float:
    """Seconds for the reference, a transaction a Subscriber."""
    began = time.perf_counter()
    with reading(engine) as connection:
        ids = connection.scalars(select(subscribers.c.id)).all()
    for person in ids:
        with writing(engine) as connection:
            for number in range(DEADLINES):
                key = f"c{number}/end"
                told = select(exists().where(notices.c.subscriber_id == person, notices.c.deadline == key))
                if not connection.scalar(told):
                    row = {"subscriber_id": person, "deadline": key, "kind": "reminder", "due": NOW}
                    connection.execute(insert(notices).values(**row, outcome="owed", decided_at=NOW))
    return time.perf_counter() - began


def _copied(finished: str, engine: Engine) -> float:
    """Seconds that a processor takes to copy the finished rows of another SQLite file."""
    with engine.connect() as connection:
        connection.execute(text("ATTACH :file AS finished"), {"file": finished})
        connection.commit()
        busy = time.process_time()
        for after in range(0, PEOPLE, SLICE):
            for table in ("messages", "notices"):
                rows = (
                    f"SELECT * FROM finished.{table} WHERE subscriber_id > :after AND subscriber_id <= :upto"
                )
                statement = text(f"INSERT INTO main.{table} {rows} ORDER BY id")
                connection.execute(statement, {"after": after, "upto": after + SLICE})
            connection.commit()
        return time.process_time() - busy


def _engine(url: str, people: int) -> Engine:
    engine = open_engine(url)
    upgrade(engine)
    fill(engine, people)
    return engine


def _plan(engine: Engine) -> tuple[float, float]:
    """Seconds that planning took, and how many of them this process was on a processor."""
    began, busy = time.perf_counter(), time.process_time()
    remind(engine=engine, timing=TIMING, rules=AnswerRules(), now=NOW)
    return time.perf_counter() - began, time.process_time() - busy


def _on_postgresql() -> float | None:
    """The seconds on PostgreSQL, None where it does not run. What is committed is on the disk, as on SQLite."""
    try:
        with running_server() as server:
            server.keep_promises()
            engine = _engine(server.url(server.create()), PEOPLE)
            seconds, _ = _plan(engine)
            engine.dispose()
            return seconds
    except NoPostgresError:
        return None


def main() -> None:
    """Print one JSON object with the figures."""
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(f"sqlite:///{folder}/all.sqlite3", PEOPLE)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds, busy = _plan(engine)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with reading(engine) as connection:
            planned = connection.scalar(select(func.count()).select_from(notices))
            bundled = connection.scalar(select(func.count()).select_from(messages))
        copied = _copied(f"{folder}/all.sqlite3", _engine(f"sqlite:///{folder}/copy.sqlite3", PEOPLE))
        reference = _one_by_one(_engine(f"sqlite:///{folder}/few.sqlite3", PEOPLE // 100))
    figures = {
        "notices": planned,
        "messages": bundled,
        "seconds": seconds,
        "processor_seconds": busy,
        "peak_mb": peak / 1024,
        "before_mb": before / 1024,
        "copied_processor_seconds": copied,
        "one_by_one_seconds": reference * 100,
        "postgresql_seconds": _on_postgresql(),
    }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
