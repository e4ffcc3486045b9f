"""Noticing at once, and without a query, that nothing was written to the database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Hashable
from urllib.parse import quote

from sqlalchemy import Engine

from notifier.store.engine import sqlite_file


def watching(engine: Engine) -> Callable[[], Hashable | None]:
    """A question that takes microseconds: equal answers mean that nobody, in any process, committed between them.

    Its answer is None where that cannot be told: on PostgreSQL, and while an SQLite file cannot be read. One
    connection of its own is kept for it, so only one thread may ask.
    """
    return _SqliteWatch(engine).version if engine.dialect.name == "sqlite" else lambda: None


class _SqliteWatch:
    """Asks `PRAGMA data_version` of the file that is there now; one that was replaced is another."""

    def __init__(self, engine: Engine) -> None:
        self._file = str(sqlite_file(engine))
        self._url = f"file:{quote(self._file)}?mode=rw"
        self._cursor: sqlite3.Cursor | None = None
        self._opened: tuple[int, int] | None = None
        # What one connection counts says nothing beside what another does.
        self._openings = 0

    def version(self) -> Hashable | None:
        try:
            status = os.stat(self._file)
            identity = (status.st_dev, status.st_ino)
            cursor = self._cursor
            if cursor is None or identity != self._opened:
                cursor = self._open(identity)
            (found,) = cursor.execute("PRAGMA data_version").fetchone()
        except (OSError, sqlite3.Error):
            self._cursor = None
            return None
        return (*identity, self._openings, found)

    def _open(self, identity: tuple[int, int]) -> sqlite3.Cursor:
        # It never waits: whoever asks can ask the database itself instead.
        opened = sqlite3.connect(
            self._url, uri=True, timeout=0, isolation_level=None, check_same_thread=False
        )
        self._cursor, self._opened = opened.cursor(), identity
        self._openings += 1
        return self._cursor
