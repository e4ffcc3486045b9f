"""The heartbeat: it comes while all is well, and stops when something is wrong."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from notifier.jobs.beat import beat
from tests.processes.installation import Installation, free_port, until


@contextmanager
def watcher() -> Iterator[tuple[str, list[str]]]:
    """A service that waits for heartbeats: its address, and the paths that were posted to."""
    heard: list[str] = []

    class Hearing(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hearing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hemmelig", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_it_comes_while_all_is_well_and_stops_while_sending_is_paused(place: Installation) -> None:
    with watcher() as (address, heard):
        place.settings = {"NOTIFIER_OPS__HEARTBEAT": address}
        with place.running() as daemon:
            until(lambda: heard.count("/hemmelig") >= 2)
            assert place.call("pause")[0] == 0
            until(lambda: daemon.get("/health/ready").status == 503)
            time.sleep(1)
            before = len(heard)
            time.sleep(2.5)
            assert len(heard) == before
            assert "hemmelig" not in daemon.log


def test_a_watcher_that_is_gone_stops_nothing() -> None:
    assert not beat(f"http://127.0.0.1:{free_port()}/hemmelig")
