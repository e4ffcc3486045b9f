"""Opening the database, and the two ways of using it: `reading` and `writing`, each one transaction.

SQLite: WAL with `synchronous=FULL`, so that what was committed survives a power cut; writers take the
write lock at once (a deferred transaction that turns into a writer fails instead of waiting); readers
cannot write. PostgreSQL: readers see one snapshot and cannot write; writers are READ COMMITTED.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Float, cast, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFreeError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import ColumnElement

from notifier.errors import ConfigurationError, ConstraintError, DatabaseError
from notifier.store.failures import contradicted, explain

BUSY_SECONDS = 10
_OLDEST_SQLITE = (3, 35)
_READS = "notifier_reads"
_EPOCH_AS_JULIAN_DAY = 2440587.5
# Without it an INSERT does not say how many rows were new.
_OPTIONS = {"preserve_rowcount": True}


def open_engine(url: str) -> Engine:
    """Open the database at an SQLAlchemy URL: `sqlite:///path` or `postgresql://user@host/name`.

    Raises ConfigurationError for a URL that names no such database, a driver that is not installed, or an SQLite
    file that cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(
            ["database.url: not a database's address; write sqlite:///path or postgresql://user@host/name"]
        ) from None
    match parsed.get_backend_name():
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql" | "postgres":
            return _open_postgresql(parsed)
        case other:
            raise ConfigurationError(
                [f"database.url: “{other}” is not supported; begin it with sqlite:/// or postgresql://"]
            )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one state of the database and cannot write.

    Raises DatabaseError when the database does not work.
    """
    options: dict[str, Any] = {_READS: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translated(engine), engine.connect() as connection:
        connection.execution_options(**options)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end of the block, undone when it raises.

    Raises DatabaseError when the database does not work, ConstraintError for a row that it refuses.
    """
    with translated(engine), _turn(engine), engine.begin() as connection:
        yield connection


_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other: whom SQLite itself makes wait asks again
    and again, and sleeps in between. After that long it is left to decide."""
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _TURNS.setdefault(engine, Lock())
    has_turn = turn.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if has_turn:
            turn.release()


@contextmanager
def filling(engine: Engine) -> Iterator[Connection]:
    """As `writing`, for very many rows, each made of rows that its transaction read.

    On SQLite it keeps in memory what one slice of planning writes, so that no page is written twice; connections have
    room for less otherwise, since there are several, and each keeps what it has. Nor does SQLite look up what each row
    refers to, a seventh of the time: that was read from there, and nobody else writes meanwhile. So nothing may be
    deleted here, nor a reference come from elsewhere.
    """
    with translated(engine), _turn(engine), engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        # Not by SQLAlchemy's means, which begin a transaction: within one, SQLite ignores this.
        sqlite: Any = connection.connection.driver_connection
        sqlite.execute("PRAGMA foreign_keys = OFF").close()
        try:
            with connection.begin():
                connection.exec_driver_sql("PRAGMA cache_size = -16384")
                yield connection
            sqlite.execute("PRAGMA foreign_keys = ON").close()
        except BaseException:
            connection.invalidate()
            raise


def database_now(dialect_name: str) -> ColumnElement[float]:
    """The database's own clock as an SQL expression: seconds since 1970 (UTC).

    Leases are measured by it alone, so that nodes whose clocks differ agree on who is alive.
    """
    if dialect_name == "sqlite":
        return cast((func.julianday("now") - _EPOCH_AS_JULIAN_DAY) * 86400.0, Float)
    return cast(func.extract("epoch", func.clock_timestamp()), Float)


def database_clock(connection: Connection) -> float:
    """Seconds since 1970 (UTC) by the database's own clock."""
    return float(connection.execute(select(database_now(connection.dialect.name))).scalar_one())


def damage(connection: Connection) -> tuple[str, ...]:
    """What the database finds broken in itself: the first few things. PostgreSQL tells when it meets them."""
    if connection.dialect.name != "sqlite":
        return ()
    said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
    return tuple(line for line in said if line != "ok")


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn errors into DatabaseError, and violated constraints into ConstraintError.

    Both show where it was, and neither has the driver's own error behind it: that quotes what was to be written,
    addresses too, and would reach the log with any traceback.
    """
    try:
        yield
    except IntegrityError as error:
        refused = ConstraintError(f"{name_of(engine)}: {contradicted(error)}")
        raise refused.with_traceback(error.__traceback__) from None
    except (DBAPIError, NoneFreeError) as error:
        told = DatabaseError(f"{name_of(engine)}: {explain(error)}")
        raise told.with_traceback(error.__traceback__) from None


def name_of(engine: Engine) -> str:
    """What to call the database in a message: the file, or host and name; never a password."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return f"the database {sqlite_file(engine)}"
    host = url.host or url.query.get("host") or "localhost"
    return f"the database “{url.database}” on {host}"


def sqlite_file(engine: Engine) -> Path:
    """The file behind an SQLite engine."""
    return Path(unquote(str(engine.url.database).removeprefix("file:")))


def _open_postgresql(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            [
                "database.url: the driver for PostgreSQL is not installed; in the checkout: pip install '.[postgres]'"
            ]
        ) from None
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        # A connection that died with the server is noticed before it is used, not in the middle of a job.
        pool_pre_ping=True,
        connect_args={"connect_timeout": BUSY_SECONDS, "application_name": "notifier"},
        execution_options=_OPTIONS,
        # An error must not carry the values of a statement into the log: they hold addresses.
        hide_parameters=True,
    )


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigurationError(
            ["database.url: name a file, as in sqlite:////var/lib/notifier/notifier.sqlite3"]
        )
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise ConfigurationError(
            [f"database.url: this Python has SQLite {sqlite3.sqlite_version}, and 3.35 or newer is needed"]
        )
    file = Path(url.database).absolute()
    _make_file(file)
    # mode=rw: a file deleted while the program runs is not silently replaced by an empty one.
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"}),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        execution_options=_OPTIONS,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkout", _refuse_replaced_file)
    return engine


def _make_file(file: Path) -> None:
    """The file is for its owner alone: it holds addresses."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        what = f"state_dir or database.url: {file} cannot be made: {error.strerror}"
        raise ConfigurationError(
            [f"{what}; name a place that this user may write to, or run this as the daemon's user"]
        ) from error


def _configure(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -4096"):
        connection.execute(f"PRAGMA {pragma}").close()
    entry.info["file"] = _file_identity(connection)


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    # Only where it changes: after a PRAGMA SQLite prepares every statement anew, and ours are long.
    if connection.info.get(_READS) != reads:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.info[_READS] = reads
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _refuse_replaced_file(connection: sqlite3.Connection, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection to a file that was deleted or replaced would write where nobody ever reads."""
    if entry.info.get("file") != _file_identity(connection):
        raise DisconnectionError("the database file was deleted or replaced")


def _file_identity(connection: sqlite3.Connection) -> tuple[int, int] | None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
