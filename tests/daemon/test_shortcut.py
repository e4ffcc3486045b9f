"""The shortcut through uvicorn: it is really taken, and nobody can tell but by the time."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from notifier.core.cadence import parse_cadence
from notifier.core.holder import Holder
from notifier.core.subscription import EVERYTHING, Followed
from notifier.core.text import Language
from notifier.daemon.serving import configured
from notifier.web.application import create_app
from notifier.web.edition import Headers, Ready
from notifier.web.feeds import Feeds
from tests.feeds.lists import history_of
from tests.web.serving import Client, serving_as
from tests.web.sites import NOW, real_list, site

PRIVATE = "/calendar/private/wBv1c0q9ZqT3xJ4n5sK8LmQ7eR2yU6iO.ics"
READY = (
    "/calendar.ics",
    "/calendar/preg.ics?lang=nn",
    "/news.atom",
    "/api/v1/deadlines?service=helseid",
    "/api/v1/openapi.json",
    "/robots.txt",
    PRIVATE,
    f"{PRIVATE}?_=7",
)
ELSEWHERE = (
    "/calendar.ics?",
    "/calendar%2eics",
    "//calendar.ics",
    "/calendar.ics#x",
    "/calendar/unknown.ics",
    "/calendar.ics?service=%ff",
    "/nb",
    "*",
    "http://varsel.example.no/calendar.ics",
)
LAST = b"GET /style.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@dataclass
class Counted:
    """The Feeds of a site, and how often an answer was ready at once."""

    feeds: Feeds
    taken: list[str] = field(default_factory=list)

    def at_once(self, method: str, path: str, query: bytes, headers: Headers) -> Ready | None:
        found = self.feeds.at_once(method, path, query, headers)
        if found is not None:
            self.taken.append(path)
        return found


@dataclass(frozen=True)
class Ways:
    """The same site served in both ways."""

    short: Client
    ordinary: Client
    counted: Counted


def feeds() -> Feeds:
    """Of the real list, with one private calendar, in a database that nobody writes to."""
    history = history_of([real_list()])
    someone = Holder(
        followed=Followed((EVERYTHING,)),
        language=Language.NN,
        cadence=parse_cadence(["5d"]),
        cadence_since=NOW - timedelta(days=80),
        since=NOW - timedelta(days=3),
    )
    return create_app(
        site(
            history=lambda: history,
            holder=lambda token: someone if token in PRIVATE else None,
            version=lambda: 1,
        )
    )


@pytest.fixture(scope="module")
def ways() -> Iterator[Ways]:
    with ExitStack() as held:
        counted = Counted(feeds())
        config = configured(counted.feeds, at_once=counted.at_once)
        short = held.enter_context(serving_as(config))
        ordinary = held.enter_context(serving_as(configured(feeds())))
        for path in READY:
            assert short.get(path).status == ordinary.get(path).status == 200
        yield Ways(short, ordinary, counted)


@contextmanager
def connected(client: Client, *, receiving: int = 1 << 18) -> Iterator[socket.socket]:
    """A connection whose system keeps so many bytes for it."""
    with socket.socket() as connection:
        connection.settimeout(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receiving)
        connection.connect(("127.0.0.1", client.port))
        yield connection


def told(client: Client, *requests: bytes) -> bytes:
    """All that comes back on one connection until the server closes it, but for the time of day."""
    parts = []
    with connected(client) as connection:
        connection.sendall(b"".join(requests))
        while part := connection.recv(65536):
            parts.append(part)
    return re.sub(rb"\r\ndate: [^\r]+", b"\r\ndate: now", b"".join(parts))


def asked(method: str, target: str, headers: Sequence[tuple[str, str]], version: str = "1.1") -> bytes:
    lines = [f"{method} {target} HTTP/{version}", "Host: x", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


@cache
def validators(client: Client, target: str) -> tuple[str, str]:
    found = client.ask("HEAD", target).headers
    return found.get("etag", '"none"'), found.get("last-modified", "Mon, 23 Nov 2026 09:30:00 GMT")


def headers_for(etag: str, stamp: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Headers of a request for what has these validators: those that matter, true, false and mangled."""
    tags = st.sampled_from([etag, f"W/{etag}", "*", '"other"', f'"other" , {etag}', etag[1:-1], ",", ""])
    dates = st.sampled_from(
        [
            stamp,
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT",
            "Fri, 01 Jan 2100 00:00:00 -0000",
            "Friday",
            "",
            "\xe6\xf8\xe5",
        ]
    )
    others = st.sampled_from(
        [
            ("Connection", "close"),
            ("Connection", "keep-alive"),
            ("Connection", "upgrade"),
            ("Upgrade", "h2c"),
            ("Expect", "100-continue"),
            ("Content-Length", "0"),
            ("Accept-Encoding", "gzip"),
            ("Range", "bytes=0-9"),
            ("If-Match", '"other"'),
        ]
    )
    either = st.one_of(
        st.tuples(st.sampled_from(["If-None-Match", "if-none-match"]), tags),
        st.tuples(st.just("If-Modified-Since"), dates),
        others,
    )
    return st.lists(either, max_size=3)


@settings(max_examples=150, deadline=None)
@given(chosen=st.data())
def test_both_ways_give_the_same_bytes(ways: Ways, chosen: st.DataObject) -> None:
    target = chosen.draw(st.sampled_from(READY + READY + ELSEWHERE))
    method = chosen.draw(st.sampled_from(["GET", "GET", "HEAD", "POST", "OPTIONS"]))
    version = chosen.draw(st.sampled_from(["1.1", "1.1", "1.1", "1.0"]))
    headers = chosen.draw(
        headers_for(*validators(ways.ordinary, target if target in READY else "/robots.txt"))
    )
    request = asked(method, target, headers, version)
    assert told(ways.short, request, LAST) == told(ways.ordinary, request, LAST)


@pytest.mark.parametrize("target", READY)
def test_what_is_ready_takes_the_shortcut(ways: Ways, target: str) -> None:
    etag, _ = validators(ways.ordinary, target)
    ways.counted.taken.clear()
    assert ways.short.get(target).status == 200
    assert ways.short.get(target, if_none_match=etag).status == 304
    assert ways.short.ask("HEAD", target).status == 200
    assert ways.counted.taken == [target.partition("?")[0]] * 3


def test_many_on_one_connection_are_each_answered_in_turn(ways: Ways) -> None:
    requests = [asked("GET", target, []) for target in (READY + ELSEWHERE[:7]) * 3]
    assert told(ways.short, *requests, LAST) == told(ways.ordinary, *requests, LAST)


def test_a_client_that_does_not_read_is_not_answered_ahead(ways: Ways) -> None:
    taken, sent, received = ways.counted.taken, 0, b""
    taken.clear()
    with connected(ways.short, receiving=4096) as connection:
        # Each once the one before is answered, until none is: the system's buffers are full, and so is uvicorn's.
        while sent == len(taken) < 2000:
            connection.sendall(asked("GET", "/calendar.ics", []))
            sent += 1
            until = time.monotonic() + 1
            while len(taken) < sent and time.monotonic() < until:
                time.sleep(0)
        held_up = len(taken)
        connection.sendall(LAST)
        while part := connection.recv(1 << 20):
            received += part
    assert held_up < 2000
    assert received.count(ways.ordinary.get("/calendar.ics").body) == sent


def test_an_idle_connection_is_closed_in_time() -> None:
    counted = Counted(feeds())
    config = configured(counted.feeds, at_once=counted.at_once)
    config.timeout_keep_alive = 0
    with serving_as(config) as client:
        client.get("/robots.txt")
        with connected(client) as connection:
            connection.sendall(asked("GET", "/robots.txt", []))
            while part := connection.recv(65536):
                assert part
        assert counted.taken == ["/robots.txt"]


def test_an_answer_that_takes_longer_than_a_connection_may_idle_comes_all_the_same() -> None:
    counted = Counted(feeds())

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/style.css":
            await asyncio.sleep(0.3)
        await counted.feeds(scope, receive, send)

    config = configured(slow, at_once=counted.at_once)
    config.timeout_keep_alive = 0
    with serving_as(config) as client:
        client.get("/robots.txt")
        answers = told(client, asked("GET", "/robots.txt", []), LAST)
    assert counted.taken == ["/robots.txt"]
    assert answers.count(b"HTTP/1.1 200 OK") == 2


def test_a_stop_closes_connections_that_wait_for_more() -> None:
    counted = Counted(feeds())
    with ExitStack() as held:
        client = held.enter_context(serving_as(configured(counted.feeds, at_once=counted.at_once)))
        client.get("/robots.txt")
        with connected(client) as connection:
            connection.sendall(asked("GET", "/robots.txt", []))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
            held.close()
            assert connection.recv(65536) == b""
        assert counted.taken == ["/robots.txt"]


def test_a_failure_on_the_shortcut_is_the_ordinary_way_s_to_answer() -> None:
    def fail(method: str, path: str, query: bytes, headers: Headers) -> Ready | None:
        raise RuntimeError("a mistake")

    with serving_as(configured(feeds(), at_once=fail)) as client:
        assert [client.get("/robots.txt").status for _ in range(2)] == [200, 200]
