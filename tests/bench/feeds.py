"""Feeds over HTTP: requests a second and the 99th percentile, beside nginx with the same bytes, in one run.

Servers with one process each, and `wrk` with eight connections as their client, all on this machine: nginx with the
bytes as a file, saying the same of them in its headers, once as it comes and once with the file kept open; the daemon's
web application; nginx before it by the configuration that ships. Neither encrypts nor logs.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.deploy.shipped import shipped_nginx

SECONDS = 1
ROUNDS = 15
CONNECTIONS = 8
_NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  types {{ "text/calendar; charset=utf-8" ics; }}
  server {{ listen 127.0.0.1:{files}; root {folder}; {headers} }}
  server {{ listen 127.0.0.1:{open}; root {folder}; {headers} open_file_cache max=200 inactive=10m; }}
  {cache}
}}
"""
_BESIDE = "nginx with a file"
# nginx makes these of the file itself.
_OF_THE_FILE = {"content-type", "content-length", "etag", "last-modified"}
_IN_TURN = """
local paths, turn = {{}}, 0
for line in io.lines("{paths}") do paths[#paths + 1] = line end
function request() turn = turn % #paths + 1; return wrk.format("GET", paths[turn]) end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Requests a second, the milliseconds in which 99 of 100 were answered, and microseconds of the server's processor
    a request: the figure that other work on the machine alters least.
    """

    rate: float
    p99: float
    spent: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f} a second, p99 {self.p99:.1f} ms, {self.spent:.1f} µs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What answers on a port: a process, and those it has started."""

    port: int
    process: psutil.Process

    def spent(self) -> float:
        """Seconds of processor so far."""
        times = [one.cpu_times() for one in (self.process, *self.process.children())]
        return sum(each.user + each.system for each in times)


def is_possible() -> bool:
    """Whether nginx and wrk are here to measure beside and with."""
    return shutil.which("nginx") is not None and shutil.which("wrk") is not None


def measure() -> list[tuple[str, str, str]]:
    """The rows for the README: what, the figure, what stands beside it."""
    with tempfile.TemporaryDirectory() as name, _servers(Path(name)) as (servers, told):
        whole = _paces(servers, str(told["private"]), conditional=False)
        known = _paces(servers, str(told["private"]), conditional=True)
        in_turn = _middle([_pace_in_turn(servers["daemon"], Path(name)) for _ in range(ROUNDS)])
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


def _rows(what: str, paces: Mapping[str, Sequence[Pace]]) -> list[tuple[str, str, str]]:
    return [
        (f"{what}, {name}", str(_middle(theirs)), _beside(theirs, paces[_BESIDE]) if name != _BESIDE else "")
        for name, theirs in paces.items()
    ]


def _beside(theirs: Sequence[Pace], others: Sequence[Pace]) -> str:
    """By requests a second and by the processor: each round's by itself, since the machine's mood changes between."""
    rounds = list(zip(theirs, others, strict=True))
    rate = median(one.rate / other.rate for one, other in rounds)
    spent = median(other.spent / one.spent for one, other in rounds)
    return f"{rate:.2f}, by the processor {spent:.2f} of {_BESIDE}"


def _paces(servers: Mapping[str, Server], private: str, *, conditional: bool) -> dict[str, list[Pace]]:
    """Each in several short rounds in turn; who goes first turns too."""
    asked = {
        _BESIDE: (servers["files"], "/calendar.ics"),
        "nginx with a file kept open": (servers["open"], "/calendar.ics"),
        "directly": (servers["daemon"], "/calendar.ics"),
        "through nginx's cache": (servers["cache"], "/calendar.ics"),
        "private, directly": (servers["daemon"], private),
    }
    tags = {name: _tag_of(server, path) if conditional else None for name, (server, path) in asked.items()}
    paces: dict[str, list[Pace]] = {name: [] for name in asked}
    for number in range(ROUNDS):
        first = number % len(asked)
        for name in [*asked, *asked][first : first + len(asked)]:
            paces[name].append(_pace(*asked[name], tags[name]))
    return paces


def _middle(paces: Sequence[Pace]) -> Pace:
    """The median of each figure by itself."""
    of = {name: median(getattr(pace, name) for pace in paces) for name in ("rate", "p99", "spent")}
    return Pace(**of)


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[dict[str, Server], dict[str, Any]]]:
    ports = {name: _free_port() for name in ("files", "open", "daemon", "cache", "plain")}
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
        headers, cache = _said(told["headers"]), _before_the_daemon(folder, ports)
        config.write_text(_NGINX.format(folder=folder, headers=headers, **{**ports, "cache": cache}))
        nginx = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
        _await_port(ports["cache"])
        of = {name: psutil.Process((daemon if name == "daemon" else nginx).pid) for name in ports}
        yield {name: Server(port=port, process=of[name]) for name, port in ports.items()}, told
    finally:
        for server in (nginx, daemon):
            if server:
                server.send_signal(signal.SIGTERM)
                server.wait(30)


def _before_the_daemon(folder: Path, ports: Mapping[str, int]) -> str:
    """The configuration that ships, but in the clear and without a log."""
    instead = {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports['cache']};",
        "listen 80;": f"listen 127.0.0.1:{ports['plain']};",
        " ssl_": " # ssl_",
        " access_log ": " # access_log ",
    }
    return shipped_nginx(folder, to=ports["daemon"], instead=instead)


def _said(headers: Mapping[str, str]) -> str:
    """What our answers say, for nginx to say as well: it costs both the same."""
    said = {**headers, "Strict-Transport-Security": "max-age=63072000"}
    escaped = {name: value.replace('"', r"\"") for name, value in said.items()}
    return " ".join(f'add_header {name} "{escaped[name]}";' for name in escaped.keys() - _OF_THE_FILE)


def _pace(server: Server, path: str, etag: str | None) -> Pace:
    return _measured(server, path, ["-H", f"If-None-Match: {etag}"] if etag else [])


def _pace_in_turn(server: Server, folder: Path) -> Pace:
    """Of the private calendars whose addresses the server has left in its folder."""
    script = folder / "in_turn.lua"
    script.write_text(_IN_TURN.format(paths=folder / "private.txt"))
    return _measured(server, "/", ["-s", str(script)])


def _measured(server: Server, path: str, options: list[str]) -> Pace:
    url = f"http://127.0.0.1:{server.port}{path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *options, url]
    before = server.spent()
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    spent = server.spent() - before
    rate, tail = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    answered = re.search(r"(\d+) requests in", said)
    assert rate
    assert tail
    assert answered
    # wrk calls everything but 2xx and 3xx an error.
    assert "Non-2xx" not in said, said
    p99 = float(tail[1]) * {"us": 0.001, "ms": 1, "s": 1000}[tail[2]]
    return Pace(rate=float(rate[1]), p99=p99, spent=1e6 * spent / int(answered[1]))


def _tag_of(server: Server, path: str) -> str:
    said = subprocess.run(
        ["curl", "-sI", f"http://127.0.0.1:{server.port}{path}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
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
