"""A flood of subscribe requests against the real daemon over HTTP, while somebody's reminder falls due.

    python -m tests.bench.flooding [REQUESTS]

Three floods, each of 100,000 requests unless told otherwise, each against a fresh installation with an SMTP server
in this process: from one network for ever new addresses, from ever new networks for one victim, and for ever new
addresses of one domain. The daemon's clock begins half a minute before a reminder is due.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlencode

import psutil
import uvloop

from tests.acceptance.announced import change, write
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, Program, until
from tests.store.people import join

REQUESTS = 100_000
AT_ONCE = 250
PACE = 0.5
DUE = datetime(2026, 11, 24, 7, tzinfo=UTC)  # 08:00 in Oslo, seven days before the Change
KARI = "kari@leverandor.example"
Asking = Callable[[int], tuple[str, str]]


def _one_network(number: int) -> tuple[str, str]:
    return f"person{number}@vendor{number}.example.no", "198.51.100.7"


def _one_victim(number: int) -> tuple[str, str]:
    return f"victim+{number}@epj.example.no", _network(number)


def _one_domain(number: int) -> tuple[str, str]:
    return f"person{number}@epj.example.no", _network(number)


def _network(number: int) -> str:
    return str(IPv4Address("10.0.0.0") + number)


FLOODS: dict[str, Asking] = {
    "one network": _one_network,
    "one victim": _one_victim,
    "one domain": _one_domain,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooded:
    """What a flood came to. `delay` is how long after its time the reminder arrived, all in seconds."""

    seconds: float
    mails: int
    growth: int
    processor: float
    median: float
    slowest: float
    delay: float


def flooded(asking: Asking, requests: int) -> Flooded:
    """Flood a daemon, and wait until everything has left."""
    with tempfile.TemporaryDirectory() as folder, SmtpSink() as sink:
        place = Installation(
            Path(folder) / "place", sink=sink, settings={"NOTIFIER_WEB__TRUSTED_PROXIES": "127.0.0.1"}
        )
        earlier = _reminded_soon(place, sink)
        size = _size(place)
        with place.running() as daemon:
            place.set_clock(DUE - timedelta(seconds=30))
            busy = _processor(daemon)
            with ThreadPoolExecutor(1) as pool:
                coming = pool.submit(_arrival, place, sink, earlier)
                began = time.monotonic()
                times = uvloop.run(_flood(daemon.port, asking, requests))
                seconds = time.monotonic() - began
                arrived = coming.result()
            until(place.is_idle, seconds=300)
            busy = _processor(daemon) - busy
            assert daemon.stop() == 0
        return Flooded(
            seconds=seconds,
            mails=len(sink.accepted) - earlier - 1,
            growth=_size(place) - size,
            processor=busy / requests,
            median=sorted(times)[len(times) // 2],
            slowest=max(times),
            delay=(arrived - DUE).total_seconds(),
        )


def _reminded_soon(place: Installation, sink: SmtpSink) -> int:
    """Let somebody have joined the day before, with a reminder due in a minute; answers how many mails have left."""
    write(place.list, change("portal"))
    place.set_clock(DUE - timedelta(days=1))
    place.call("tick")
    join(place.engine, KARI, now=place.now)
    place.call("tick")
    earlier = len(sink.wait_for(1))
    place.set_clock(DUE - timedelta(seconds=60))
    return earlier


def _arrival(place: Installation, sink: SmtpSink, earlier: int) -> datetime:
    """When the reminder arrived, by the clock of the place."""
    until(lambda: any(KARI in mail.recipients for mail in sink.accepted[earlier:]), seconds=3_600)
    return place.now


def _size(place: Installation) -> int:
    """Bytes of the database; whoever closes it last leaves one file."""
    place.close()
    return sum(file.stat().st_size for file in place.file.parent.glob(f"{place.file.name}*"))


def _processor(daemon: Program) -> float:
    used = psutil.Process(daemon.process.pid).cpu_times()
    return used.user + used.system


async def _flood(port: int, asking: Asking, requests: int) -> list[float]:
    """Send all requests over some connections; answers how many seconds each took."""
    numbers = iter(range(requests))
    times: list[float] = []

    async def visitor() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            began = time.monotonic()
            writer.write(_request(*asking(number)))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
            times.append(time.monotonic() - began)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(visitor() for _ in range(min(AT_ONCE, requests))))
    return times


def _request(address: str, network: str) -> bytes:
    body = urlencode({"address": address}).encode()
    head = (
        "POST /subscribe?lang=nb HTTP/1.1\r\nHost: varsel.example.no\r\nSec-Fetch-Site: same-origin\r\n"
        f"X-Forwarded-For: {network}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Flood in each way and print a table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    calm = flooded(_one_network, 1)
    print(f"{requests:,} requests, {AT_ONCE} at a time; the answer waits {PACE} s by design\n")
    print(
        "| flood | mails | database | processor a request | answer, median and slowest | reminder late by |"
    )
    print("|---|---|---|---|---|---|")
    print(f"| a single request | {calm.mails} | {calm.growth / 1024:,.0f} kB | | | {calm.delay:.1f} s |")
    for name, asking in FLOODS.items():
        came = flooded(asking, requests)
        print(
            f"| {name}, {requests / came.seconds:,.0f} a second | {came.mails} | {came.growth / 1024:,.0f} kB"
            f" | {came.processor * 1000:.1f} ms | {came.median:.2f} s, {came.slowest:.1f} s"
            f" | {came.delay:.1f} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
