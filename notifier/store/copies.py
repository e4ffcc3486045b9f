"""Copies of an SQLite database, made while others use it: one state of it, whole, for its owner alone.

A copy knows that it is one and of when, so that it is recognised when it is put in force again: what was sent
after it was made, it does not know.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine

from notifier.errors import DatabaseError, UsageError
from notifier.store.engine import name_of, sqlite_file

MARK = "copied_at"


def make_copy(engine: Engine, file: Path, *, now: datetime | None = None) -> None:
    """Copy to a new file, which appears only when it is complete, whole and on the disk.

    `now` marks it as a copy; without it, it takes the original's place unnoticed. Raises UsageError when the
    file exists or this is PostgreSQL, DatabaseError when it cannot be made.
    """
    if engine.dialect.name != "sqlite":
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise UsageError(
            "PostgreSQL is copied by its own means:"
            f" pg_dump --format=custom --file={file} --dbname='{address}'; see deploy/README.md for restoring"
        )
    if file.exists():
        raise UsageError(f"the file {file} exists; name one that does not, so that no older copy is lost")
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _fill(sqlite_file(engine), unfinished, now)
        _sync(unfinished)
        unfinished.rename(file)
        _sync(file.parent)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DatabaseError(f"{name_of(engine)} cannot be copied to {file}: {reason}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def keep_before(engine: Engine, revision: str) -> Path | None:
    """The copy beside the database that is kept before its tables are changed; None where there is no file."""
    if engine.dialect.name != "sqlite":
        return None
    file = sqlite_file(engine)
    copy = file.with_name(f"{file.name}.before-{revision}")
    if not copy.exists():
        make_copy(engine, copy)
    return copy


def _fill(source: Path, target: Path, now: datetime | None) -> None:
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True)) as original,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        original.backup(copy)
        # One file and no companions, wherever it is carried.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        if now is not None:
            copy.execute(
                "INSERT OR REPLACE INTO installation (key, value) VALUES (?, ?)", (MARK, now.isoformat())
            )
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(f"it is damaged ({said}); restore the last good copy")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
