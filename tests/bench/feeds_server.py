"""The daemon's web application over a list that makes a 50 kB calendar, and 100,000 Subscribers, on SQLite.

Run in a process of its own by `tests.bench.feeds`: `python -m tests.bench.feeds_server FOLDER PORT`. Prints one JSON
object once it answers, then serves until it is told to stop.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import uvloop
from sqlalchemy import insert
from starlette.types import ASGIApp

from notifier.app import Parts, assemble
from notifier.core.change import ChangeList
from notifier.daemon.asking import ask
from notifier.daemon.page import Shown, page
from notifier.daemon.serving import listen, opened
from notifier.jobs.refresh import refresh
from notifier.settings import load
from notifier.store.engine import writing
from notifier.store.tables import subscribers, subscriptions
from notifier.web.visits import Visits
from tests.bench.planning import people
from tests.core.lists import LONG_AGO, oslo

PEOPLE = 100_000
CHANGES = 46
ASKED = 2000
NOW = oslo("2026-11-24")


class Written:
    """A list whose calendar with everything has about 50 kB."""

    name = "the bench's list"

    def read(self) -> bytes:
        """The list."""
        text = ["revision = 1"]
        for number in range(8):
            text += ["[[service]]", f'id = "s{number}"', f'name = "Tjeneste {number}"']
        for number in range(CHANGES):
            text += ["[[change]]", f'id = "c{number}"', f'service = "s{number % 8}"', "checked = 2026-11-20"]
            for part in ("title", "summary", "affects", "action"):
                words = f"{part} nummer {number}: " + "slik går det til når noe endres, " * (
                    1 if part == "title" else 5
                )
                text += [f'{part}.{language} = "{words}"' for language in ("nb", "nn", "en")]
            text += [
                'source = { document = "Veikartet" }',
                "[[change.deadline]]",
                'id = "end"',
                'kind = "end"',
            ]
            text += [f"when = 2027-{number % 12 + 1:02}-{number % 28 + 1:02}"]
        return "\n".join(text).encode()


def _fill(parts: Parts) -> None:
    refresh(engine=parts.engine, source=Written(), timing=parts.timing, max_people=0, now=NOW, wall=NOW)
    with writing(parts.engine) as connection:
        for start in range(0, PEOPLE, 10_000):
            ids = range(start + 1, start + 10_001)
            connection.execute(insert(subscribers), list(people(ids)))
            follows = [
                {"subscriber_id": n, "scope": "service", "target": f"s{m}", "since": LONG_AGO}
                for n in ids
                for m in range(8)
                if n % 255 + 1 & 1 << m
            ]
            connection.execute(insert(subscriptions), follows)


async def _edit(app: ASGIApp, shown: Shown) -> float:
    """Seconds from a list with one more word to the new bytes of the calendar with everything."""
    before = (await ask(app, "/calendar.ics")).body
    changes = shown.changes
    assert changes
    shown.changes = _worded_anew(changes)
    began = time.perf_counter()
    after = (await ask(app, "/calendar.ics")).body
    took = time.perf_counter() - began
    assert after != before
    shown.changes = changes
    return took


def _worded_anew(changes: ChangeList) -> ChangeList:
    first, *others = changes.changes
    title = replace(first.title, nb=f"{first.title.nb} nå")
    return replace(changes, changes=(replace(first, title=title), *others))


def _private_paths(parts: Parts) -> list[str]:
    return [
        parts.links.private_calendar(f"p{number}", 1).removeprefix(parts.links.base_url)
        for number in range(1, PEOPLE, PEOPLE // ASKED)
    ]


async def _private(app: ASGIApp, paths: list[str]) -> dict[str, float]:
    """Milliseconds until a private calendar is there, the first time and again, and what many cost in memory."""
    process, times = psutil.Process(os.getpid()), []
    before = process.memory_info().rss
    for path in (paths[0], paths[0], *paths[1:]):
        began = time.perf_counter()
        assert (await ask(app, path)).status == 200
        times.append(1000 * (time.perf_counter() - began))
    return {
        "cold_ms": times[0],
        "warm_ms": times[1],
        "median_ms": sorted(times)[len(times) // 2],
        "grown_mb": (process.memory_info().rss - before) / 2**20,
    }


async def _serve(folder: Path, port: int) -> None:
    parts = assemble(load(None))
    _fill(parts)
    shown = Shown()
    shown.renew(parts.engine)
    app = page(parts, clock=lambda: NOW, elapsed=lambda: None, shown=shown, loops=())
    paths = _private_paths(parts)
    figures = {"edit_ms": 1000 * await _edit(app, shown), **await _private(app, paths)}
    (folder / "private.txt").write_text("\n".join(paths) + "\n")
    with closing(listen(f"127.0.0.1:{port}", key="web.bind")) as listener:
        visits = Visits()
        at_once = visits.counting_at_once(app.at_once)
        serving = await opened(visits.counting(app), listener, at_once=at_once)
        answer = await ask(app, "/calendar.ics")
        (folder / "calendar.ics").write_bytes(answer.body)
        private = parts.links.private_calendar("p254", 1).removeprefix(parts.links.base_url)
        about = {"private": private, "bytes": len(answer.body), "headers": dict(answer.headers)}
        print(json.dumps({**figures, **about}), flush=True)
        await serving.serving


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
