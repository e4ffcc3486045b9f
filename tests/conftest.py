"""Fixtures that every folder uses: fresh databases, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import Dialect, Engine

from notifier.store import engine as database_engine
from notifier.store.engine import open_engine
from notifier.store.migrating import upgrade
from notifier.store.tables import metadata
from tests.postgresql import NoPostgresError, Server, running_server
from tests.prepared import put_tables

# Where bytecode is not kept, every process that tests start compiles the program anew, and every worker all tests,
# with their assertions rewritten, which takes it 15 seconds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Whichever test is the first in a fresh clone to draw text has Hypothesis make its table of characters meanwhile, which
# takes a second: that is no fault of what the test draws.
settings.register_profile("suite", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


class _Compiled(dict[Any, Any]):
    """Statements as SQLAlchemy compiled them, by what they are and the kind of database: a test opens an engine or two,
    each of which would compile all of its own anew, a seventh of the time."""

    def get(self, key: tuple[Dialect, Any], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Dialect, Any], compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


database_engine._OPTIONS["compiled_cache"] = _Compiled()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers more than there are processors when everything is run, since the slowest tests mostly wait for other
    processes, and come last; a few named files are quicker without."""
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS
    return len(os.sched_getaffinity(0)) + 2 if everything else 0


# About how many seconds a test takes. What mostly waits, for a browser or for programs that it starts, and the rest.
WAITING = {"browser": 3.0, "deploy": 0.5, "processes": 6.0}
BUSY = {"simulation": 10.0, "acceptance": 1.0, "cli": 0.5}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the tests, let some wait while others compute, from the beginning on: in order of the folders
    all would wait at once for a while, and the longest come last. A file stays together."""
    if not hasattr(config, "workerinput"):
        return
    seconds = WAITING | BUSY
    took, place = {True: 0.0, False: 0.0}, dict[Path, float]()
    for item in sorted(items, key=lambda item: -seconds.get(item.path.parent.name, 0.1)):
        waits = item.path.parent.name in WAITING
        place.setdefault(item.path, took[waits])
        took[waits] += seconds.get(item.path.parent.name, 0.1)
    items.sort(key=lambda item: place[item.path] / took[item.path.parent.name in WAITING])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the simulated worlds of a run went through, so that nobody takes them for empty."""
    for report in terminalreporter.getreports("passed"):
        for name, said in report.user_properties:
            if name == "worlds":
                terminalreporter.line(str(said))


@pytest.fixture(autouse=True)
def _plain_log() -> None:
    """Every test finds the log as it is at first, whatever the one before set it to, but with plain tracebacks.

    Whoever logs a failure waits for it to be drawn, and structlog's own way draws every variable as well.
    """
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.reset_defaults()
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server for the whole run; the tests that need it are skipped where none runs."""
    try:
        with running_server() as server:
            yield server
    except NoPostgresError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _postgres_database(postgres_server: Server) -> str:
    """A database with all tables; emptied after each test, which is quicker than making it anew."""
    name = postgres_server.create()
    engine = open_engine(postgres_server.url(name))
    upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file with all tables."""
    file = tmp_path / "notifier.sqlite3"
    put_tables(file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_server: Server, _postgres_database: str) -> Iterator[str]:
    """An emptied PostgreSQL database with all tables. Whoever changes the tables takes an empty database."""
    yield postgres_server.url(_postgres_database)
    postgres_server.empty(_postgres_database, tables=list(metadata.tables))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables, once on each kind of database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """The opened engine of a fresh database with all tables, once on each kind of database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once on each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def empty_database(empty_database_url: str) -> Iterator[Engine]:
    """The opened engine of a database without any table, once on each kind of database."""
    engine = open_engine(empty_database_url)
    yield engine
    engine.dispose()
