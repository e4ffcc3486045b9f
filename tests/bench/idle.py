"""The idle daemon over minutes, its start, and a cold `doctor`: `python -m tests.bench.idle [MINUTES]` (10 by default).

Processor time counts what the process itself used, so other work on the machine hardly changes it; the seconds of
starting do change with it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import psutil

MINUTES = 10.0
SETTLING_SECONDS = 5.0
COMMAND = (sys.executable, "-m", "notifier")


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Seconds to the first tick with the page answering, in all and on a processor; resident MB at the beginning
    and at the end; per cent of one processor in between."""

    started: float
    started_processor: float
    memory_before: float
    memory_after: float
    busy: float


def idle(seconds: float) -> Idle:
    """Watch a daemon that does nothing for so long, on a database that is there, as at every start but the first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder) | {"NOTIFIER_WEB__BIND": f"127.0.0.1:{port}"}
        subprocess.run([*COMMAND, "tick"], check=False, env=environment, capture_output=True)
        began = time.perf_counter()
        daemon = subprocess.Popen(
            [*COMMAND, "run"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _ready(port):
                time.sleep(0.01)
            started = time.perf_counter() - began
            process = psutil.Process(daemon.pid)
            started_processor = _processor(process)
            time.sleep(SETTLING_SECONDS)
            before, memory = _processor(process), process.memory_info().rss
            time.sleep(seconds)
            return Idle(
                started=started,
                started_processor=started_processor,
                memory_before=memory / 2**20,
                memory_after=process.memory_info().rss / 2**20,
                busy=100 * (_processor(process) - before) / seconds,
            )
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(30)


def cold_doctor(times: int = 3) -> tuple[float, float]:
    """Seconds of `doctor` where nothing runs and nothing is there yet: the median, in all and on a processor."""
    runs = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            before, began = os.times(), time.perf_counter()
            subprocess.run(
                [*COMMAND, "doctor"], check=False, env=_environment(folder), stdout=subprocess.DEVNULL
            )
            after = os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            runs.append((time.perf_counter() - began, used))
    return sorted(runs)[times // 2]


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NOTIFIER_")}
    return kept | {"NOTIFIER_STATE_DIR": folder}


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def main(minutes: float) -> None:
    """Measure and print."""
    doctor = cold_doctor()
    found = idle(60 * minutes)
    print(f"start-up: {found.started:.1f} s, {found.started_processor:.1f} s of them on a processor")
    print(f"idle for {minutes:g} minutes: {found.busy:.2f} % of a processor")
    print(f"memory: {found.memory_before:.0f} MB at the beginning, {found.memory_after:.0f} MB at the end")
    print(f"doctor, cold: {doctor[0]:.1f} s, {doctor[1]:.1f} s of them on a processor")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES)
