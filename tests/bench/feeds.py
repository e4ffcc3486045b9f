"""Feeds over HTTP: requests a second and the 99th percentile, beside nginx with the same bytes, in one run.

Three servers, one process each, and `wrk` with eight connections as their client, all on this machine: nginx with the
bytes as a file, saying the same of them in its headers; the daemon's web application; nginx before it, keeping what
it may.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 1
ROUNDS = 5
CONNECTIONS = 8
_NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  types {{ "text/calendar; charset=utf-8" ics; }}
  proxy_cache_path {folder}/cache keys_zone=feeds:10m;
  server {{ listen 127.0.0.1:{files}; root {folder}; {headers} }}
  server {{ listen 127.0.0.1:{cache}; location / {{
    proxy_pass http://127.0.0.1:{daemon}; proxy_cache feeds; proxy_cache_revalidate on;
    proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504; }} }}
}}
"""
# nginx makes these of the file itself.
_OF_THE_FILE = {"content-type", "content-length", "etag", "last-modified"}
_IN_TURN = """
local paths, turn = {{}}, 0
for line in io.lines("{paths}") do paths[#paths + 1] = line end
function request() turn = turn % #paths + 1; return wrk.format("GET", paths[turn]) end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Requests a second, and the milliseconds in which 99 of 100 were answered."""

    rate: float
    p99: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f} a second, p99 {self.p99:.1f} ms"


def is_possible() -> bool:
    """Whether nginx and wrk are here to measure beside and with."""
    return shutil.which("nginx") is not None and shutil.which("wrk") is not None


def measure() -> list[tuple[str, str, str]]:
    """The rows for the README: what, the figure, what stands beside it."""
    with tempfile.TemporaryDirectory() as name, _servers(Path(name)) as (ports, told):
        whole = _best(ports, str(told["private"]), conditional=False)
        known = _best(ports, str(told["private"]), conditional=True)
        in_turn = max((_pace_in_turn(ports["daemon"], Path(name)) for _ in range(ROUNDS)), key=_rate)
    size = f"{float(told['bytes']) / 1000:.0f} kB"
    return [
        *_rows(f"a calendar of {size}, 200", whole),
        *_rows("the same, 304", known),
        ("2,000 private calendars in turn, 200, directly", str(in_turn), "each of another Subscriber"),
        (
            "from an edited list to the calendar's new bytes",
            f"{told['edit_ms']:.0f} ms",
            "after at most 15 s to the next look at the list",
        ),
        (
            "first byte of a private calendar, cold",
            f"{told['cold_ms']:.1f} ms",
            f"{told['warm_ms']:.1f} ms warm; {told['median_ms']:.1f} ms for the median of 2,000 people",
        ),
        ("memory for 2,000 of 100,000 private calendars", f"{told['grown_mb']:.0f} MB", "more than before"),
    ]


def _rate(pace: Pace) -> float:
    return pace.rate


def _rows(what: str, paces: dict[str, Pace]) -> list[tuple[str, str, str]]:
    beside = paces.pop("files")
    rows = [
        (f"{what}, {name}", str(pace), f"{pace.rate / beside.rate:.2f} of nginx with a file")
        for name, pace in paces.items()
    ]
    return [(f"{what}, nginx with a file", str(beside), ""), *rows]


def _best(ports: dict[str, int], private: str, *, conditional: bool) -> dict[str, Pace]:
    """The best of several short rounds in turn: other work on the machine makes any single one look bad."""
    servers = {
        "files": (ports["files"], "/calendar.ics"),
        "directly": (ports["daemon"], "/calendar.ics"),
        "through nginx's cache": (ports["cache"], "/calendar.ics"),
        "private, directly": (ports["daemon"], private),
    }
    tags = {name: _tag_of(*place) if conditional else None for name, place in servers.items()}
    rounds = [{name: _pace(*place, tags[name]) for name, place in servers.items()} for _ in range(ROUNDS)]
    return {name: max((one[name] for one in rounds), key=lambda pace: pace.rate) for name in servers}


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    ports = {name: _free_port() for name in ("files", "daemon", "cache")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NOTIFIER_")}
    environment |= {"NOTIFIER_STATE_DIR": str(folder / "var"), "NOTIFIER_LOG__LEVEL": "error"}
    folder.chmod(0o755)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.feeds_server", str(folder), str(ports["daemon"])],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    nginx = None
    try:
        assert daemon.stdout
        told = json.loads(daemon.stdout.readline())
        config = folder / "nginx.conf"
        config.write_text(_NGINX.format(folder=folder, headers=_said(told["headers"]), **ports))
        nginx = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
        _await_port(ports["cache"])
        yield ports, told
    finally:
        for server in (nginx, daemon):
            if server:
                server.send_signal(signal.SIGTERM)
                server.wait(30)


def _said(headers: Mapping[str, str]) -> str:
    """What our answers say, for nginx to say as well: it costs both the same."""
    escaped = {name: value.replace('"', r"\"") for name, value in headers.items()}
    return " ".join(f'add_header {name} "{escaped[name]}";' for name in escaped.keys() - _OF_THE_FILE)


def _pace(port: int, path: str, etag: str | None) -> Pace:
    return _measured(["-H", f"If-None-Match: {etag}"] if etag else [], f"http://127.0.0.1:{port}{path}")


def _pace_in_turn(port: int, folder: Path) -> Pace:
    """Of the private calendars whose addresses the server has left in its folder."""
    script = folder / "in_turn.lua"
    script.write_text(_IN_TURN.format(paths=folder / "private.txt"))
    return _measured(["-s", str(script)], f"http://127.0.0.1:{port}/")


def _measured(options: list[str], url: str) -> Pace:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *options, url]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rate, tail = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    assert rate
    assert tail
    # wrk calls everything but 2xx and 3xx an error.
    assert "Non-2xx" not in said, said
    return Pace(rate=float(rate[1]), p99=float(tail[1]) * {"us": 0.001, "ms": 1, "s": 1000}[tail[2]])


def _tag_of(port: int, path: str) -> str:
    said = subprocess.run(
        ["curl", "-sI", f"http://127.0.0.1:{port}{path}"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found = re.search(r'(?im)^etag: (".*")', said)
    assert found, said
    return found[1]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _await_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
        except OSError:
            signal.sigtimedwait([], 0.05)
        else:
            return
    raise TimeoutError("nginx does not answer")


if __name__ == "__main__":
    for row in measure():
        print("| " + " | ".join(row) + " |")
