"""Receiving two mails built to wear readers out: a report of 20 MB and one of 3,000 nested parts, over LMTP.

Run in a process of its own by `python -m tests.bench`, so that its peak memory is its own. A server that knows the
limit is refused before it sends; here the 20 MB are sent all the same.
"""

from __future__ import annotations

import json
import resource
import smtplib
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import chain, repeat
from pathlib import Path

from notifier.logs import start_logging
from notifier.store.engine import open_engine
from notifier.store.migrating import upgrade
from tests.inbox.letterbox import Letterbox, opened
from tests.inbox.letters import MAILBOX, bytes_of
from tests.inbox.test_hostile import nested

BIG = 20 * 2**20


def _handed_over(box: Letterbox, pieces: Iterable[bytes]) -> tuple[float, int]:
    """Seconds to the server's answer, and its code. The pieces are sent as they come: none is kept here."""
    with smtplib.LMTP("127.0.0.1", box.port, timeout=300) as server:
        server.ehlo()
        server.mail("")
        server.rcpt(MAILBOX.return_path(1, 0))
        server.docmd("data")
        began = time.perf_counter()
        for piece in pieces:
            server.send(piece)
        server.send(b"\r\n.\r\n")
        code, _ = server.getreply()
        return time.perf_counter() - began, code


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print one line of JSON."""
    start_logging(form="json", level="error")
    report = bytes_of("dsn-postfix")
    line = b"x" * 76 + b"\r\n"
    big = chain([report], repeat(line * 800, BIG // (len(line) * 800)))
    deep = nested(3_000)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        upgrade(engine)
        with opened(Letterbox(engine=engine, relay="smtp://127.0.0.1:9", largest=5_000_000)) as box:
            _handed_over(box, [report])
            before = _peak()
            took, refused = _handed_over(box, big)
            took_deep, refused_deep = _handed_over(box, [deep])
        engine.dispose()
    figures = {
        "big_seconds": took,
        "big_code": refused,
        "deep_seconds": took_deep,
        "deep_code": refused_deep,
        "before_mb": before,
        "peak_mb": _peak(),
    }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
