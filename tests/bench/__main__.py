"""Print the figures of the README as a table: `python -m tests.bench`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import feeds
from tests.bench.idle import cold_doctor, idle

IDLE_SECONDS = 30.0

Row = tuple[str, str, str]


def _wall(*command: str, times: int = 5) -> float:
    """The median of several runs, in seconds, after one that warms up."""
    runs = []
    for _ in range(times + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        runs.append(time.perf_counter() - began)
    return sorted(runs[1:])[times // 2]


def _composing() -> list[Row]:
    """Rows on composing a mail, and on all that a Message costs beside the wire."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.composing"], check=True, stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    found = json.loads(done.stdout)
    mail = found.pop("composing")
    rows = [
        (
            f"composing a mail of {mail['bytes'] / 1000:.0f} kB that many are told, on one core",
            f"{1 / mail['spliced']:,.0f} a second",
            f"{1 / mail['whole']:,.0f} a second each on its own",
        )
    ]
    for database, counts in found.items():
        rows += [
            (
                f"all of a Message beside the wire, of {int(waiting):,} that wait, {database}",
                f"{1e6 * figures['seconds']:.0f} µs on a processor",
                f"peak memory {figures['peak_mb']:.0f} MB",
            )
            for waiting, figures in counts.items()
        ]
    return rows


def _figures(module: str) -> dict[str, float]:
    """What a bench in a process of its own found."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}"], check=True, stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _daemon() -> list[Row]:
    """Rows on the daemon that starts and idles, and on two commands."""
    found, doctor = idle(IDLE_SECONDS), cold_doctor()
    bare = _wall(sys.executable, "-c", "pass")
    helped = _wall(sys.executable, "-m", "notifier", "--help")
    beside = f"{bare:.2f} s for a bare Python"
    busy = f"over {IDLE_SECONDS:.0f} s; minutes: python -m tests.bench.idle"
    return [
        ("start-up to the first tick, page answering", f"{found.started:.1f} s", beside),
        ("resident memory of the idle daemon", f"{found.memory_after:.0f} MB", ""),
        ("CPU of the idle daemon", f"{found.busy:.1f} %", busy),
        ("`notifier doctor`, cold", f"{doctor[0]:.1f} s", f"{doctor[1]:.1f} s of them on a processor"),
        ("`notifier --help`", f"{helped:.2f} s", beside),
    ]


def _planning() -> list[Row]:
    """Rows on planning a million Notices."""
    found = _figures("planning")
    copied = f"{found['copied_processor_seconds']:.1f} s on a processor to copy the finished rows"
    rows = [
        (
            f"planning {found['notices']:,.0f} Notices into {found['messages']:,.0f} Messages, SQLite",
            f"{found['seconds']:.1f} s, {found['processor_seconds']:.1f} s of them on a processor",
            f"{copied}; {found['one_by_one_seconds']:.0f} s one by one (from a hundredth)",
        ),
        ("its peak memory", f"{found['peak_mb']:.0f} MB", f"{found['before_mb']:.0f} MB before it"),
    ]
    if seconds := found["postgresql_seconds"]:
        rows.append(("the same on PostgreSQL", f"{seconds:.1f} s", "the server's time included"))
    return rows


def _receiving() -> list[Row]:
    """Rows on hostile mail."""
    found = _figures("receiving")
    return [
        (
            f"a report of 20 MB, refused ({found['big_code']:.0f})",
            f"{found['big_seconds']:.1f} s",
            "at once where its size is announced",
        ),
        (
            f"a report of 3,000 nested parts, refused ({found['deep_code']:.0f})",
            f"{found['deep_seconds']:.2f} s",
            "the standard library's parser fails over it",
        ),
        ("memory that both took", f"{found['peak_mb'] - found['before_mb']:.0f} MB", ""),
    ]


def main() -> None:
    """Measure everything and print it."""
    rows = [*_daemon(), *_planning(), *_receiving(), *_composing()]
    if feeds.is_possible():
        rows += feeds.measure()
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    print("| what | figure | beside it |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
