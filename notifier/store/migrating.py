"""Bringing the tables up to date, and back.

Every process does this before it uses the database. Twice at once is harmless: the second waits for the
first (write lock on SQLite, advisory lock on PostgreSQL), then finds nothing left to do. All migrations
run in one transaction: cut short, they leave the database as it was. On SQLite a copy is kept beside it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from notifier.core.text import count
from notifier.errors import DatabaseError, UsageError
from notifier.store.copies import keep_before
from notifier.store.engine import name_of, reading, translated

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where a migration runs: most starts have none, and a daemon would carry it for weeks.
_VERSIONS = Path(__file__).with_name("migrations") / "versions"

# Any number will do, as long as every release uses the same.
_ADVISORY_LOCK = 7_236_018_453


def upgrade(engine: Engine) -> Path | None:
    """Bring the tables to this release's form; answers the copy that was kept, if there was something to copy.

    Raises DatabaseError when they are from a newer release, or the database does not work.
    """
    at = current(engine)
    if at == newest():
        return None
    from alembic import command

    copy = keep_before(engine, newest()) if at is not None else None
    with _alone(engine) as connection:
        _refuse_newer(engine, _revision(connection))
        command.upgrade(_config(connection), "head")
    return copy


def require_newest(engine: Engine) -> None:
    """Raises DatabaseError when the tables are not at this release's form."""
    at = current(engine)
    if at != newest():
        raise DatabaseError(
            f"{name_of(engine)} has tables at {at or 'nothing'}, this release needs {newest()}, and database.upgrade"
            " is off; run: notifier db upgrade"
        )


def downgrade(engine: Engine, revision: str) -> Path | None:
    """Take the tables back to a migration's revision, or to nothing with `base`. Data may be lost.

    Answers the copy that was kept. Raises UsageError when there is no such revision below.
    """
    from alembic import command
    from alembic.util.exc import CommandError

    if revision not in (known := ("base", *_known())):
        raise UsageError(f"there is no migration “{revision}”; there is: {', '.join(known)}")
    copy = keep_before(engine, f"going-back-to-{revision}") if current(engine) is not None else None
    with _alone(engine) as connection:
        _refuse_newer(engine, _revision(connection))
        try:
            command.downgrade(_config(connection), revision)
        except CommandError as error:
            raise UsageError(f"the tables cannot be taken back to “{revision}”: {error}") from error
    return copy


def current(engine: Engine) -> str | None:
    """The migration the tables are at, None for an empty database.

    Raises DatabaseError when it is one that this release does not know.
    """
    with reading(engine) as connection:
        revision = _revision(connection)
    _refuse_newer(engine, revision)
    return revision


def newest() -> str:
    """The migration that this release's tables are at."""
    known = _known()
    if not known:
        raise DatabaseError("this release was installed without its migrations; install it again")
    return known[-1]


def _known() -> list[str]:
    """This release's migrations, oldest first: the numbers that their files' names begin with."""
    return sorted(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _refuse_newer(engine: Engine, revision: str | None) -> None:
    known = _known()
    if revision is not None and revision not in known:
        raise DatabaseError(
            f"{name_of(engine)} was last used by a newer release (its tables are at {revision}, this release"
            f" knows up to {newest()}); run that release, or restore the copy made before it"
        )


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "notifier:store/migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other process's migration can be in at the same time."""
    with translated(engine), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # SQLite changes a table by making it anew and dropping the old one, which would take along
            # the rows that refer to it. The setting counts from outside a transaction only.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF").close()
        try:
            with connection.begin():
                _lock(connection)
                yield connection
                _check_references(connection)
        finally:
            connection.invalidate()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseError(
                f"a migration left {count(len(broken), 'row')} referring to nothing; nothing was changed"
            )
