"""A request without end is hung up on, however it is spun out; what is merely too large is told so."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import resource
import select
import socket
import time
from collections.abc import Iterable, Iterator

import pytest

from notifier.daemon.connection import MOST_IN_ALL, most_connections
from notifier.daemon.serving import Server, configured
from notifier.web.application import MOST_BODY, create_app
from tests.processes.installation import until
from tests.web.serving import Client, serving_as
from tests.web.sites import site

GET = b"GET /nb HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /subscribe HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
PATIENCE = 64 * MOST_IN_ALL


@pytest.fixture(scope="module", params=[True, False], ids=["shortcut", "ordinary"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    app = create_app(site())
    with serving_as(configured(app, at_once=app.at_once if request.param else None)) as served:
        yield served


def spun_out(client: Client, beginning: bytes, more: Iterable[bytes]) -> tuple[int, bytes]:
    """How many bytes were taken until the server hung up, and what it said."""
    sent, said = 0, bytearray()
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        with contextlib.suppress(OSError):
            for part in itertools.chain([beginning], more):
                connection.sendall(part)
                sent += len(part)
                assert sent < PATIENCE, "it reads on and on"
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                said += part
    return sent, bytes(said)


@pytest.mark.parametrize(
    ("beginning", "more"),
    [
        (GET, b"A: b\r\n" * 1000),
        (GET + b"A: ", b"a" * 6000),
        (b"GET /", b"a" * 6000),
        (CHUNKED, b"A: b\r\n" * 1000),
        (CHUNKED + b"A: ", b"a" * 6000),
    ],
    ids=["headers", "header", "address", "trailers", "trailer"],
)
def test_a_request_without_end_is_hung_up_on(client: Client, beginning: bytes, more: bytes) -> None:
    spun_out(client, beginning, itertools.repeat(more))
    assert client.get("/nb").status == 200


def test_too_many_headers_are_told_so(client: Client) -> None:
    _, said = spun_out(client, GET, [b"A: b\r\n" * 1000] * 60)
    assert said.startswith(b"HTTP/1.1 431 ")


def test_a_body_that_is_too_large_is_told_so_and_read_to_its_end(client: Client) -> None:
    length = 10 * MOST_BODY
    head = POST + b"Content-Length: %d\r\n\r\n" % length
    _, said = spun_out(client, head, [b"a" * length, GET, b"Connection: close\r\n\r\n"])
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"HTTP/1.1 200 " in said


def test_whoever_does_not_say_what_they_want_is_hung_up_on() -> None:
    config = configured(create_app(site()))
    with serving_as(config, server=Server(config, patience=0)) as client, contextlib.ExitStack() as held:
        for beginning in (b"", GET, POST + b"Content-Length: 9\r\n\r\n"):
            silent = held.enter_context(socket.create_connection(("127.0.0.1", client.port), timeout=10))
            silent.sendall(beginning)
            assert silent.recv(1) == b""


def test_whoever_takes_nothing_of_an_answer_is_hung_up_on() -> None:
    config = configured(create_app(site()))
    server = Server(config, patience=1)
    with serving_as(config, server=server) as client, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", client.port))
        deaf.sendall((GET + b"\r\n") * 500)
        # What the system still has for them, it keeps: they see no end.
        until(lambda: len(server.server_state.connections) == 1)
        until(lambda: not server.server_state.connections)
        assert client.get("/nb").status == 200


def test_many_headers_in_one_piece_are_told_so(client: Client) -> None:
    _, said = spun_out(client, GET, [b"A: b\r\n" * 5000])
    assert said.startswith(b"HTTP/1.1 431 ")


def is_let_in(client: Client, *, within: float) -> bool:
    """Whether the page is shown as soon as the server has seen that others are gone."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return client.get("/nb").status == 200
        time.sleep(0.05)
    return False


def test_a_crowd_leaves_the_daemon_two_thirds_of_what_it_may_open(client: Client) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (900, before[1]))
    try:
        most = most_connections()
        assert most == 300
        with contextlib.ExitStack() as held:
            crowd = [
                held.enter_context(socket.create_connection(("127.0.0.1", client.port), timeout=10))
                for _ in range(most + 20)
            ]
            turned_away = 0
            while turned_away < 20:
                gone, _, _ = select.select(crowd, [], [], 10)
                assert gone, "all of the crowd were let in"
                turned_away += len(gone)
                crowd = [each for each in crowd if each not in gone]
            assert len(crowd) == most
        assert is_let_in(client, within=10)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
