"""Copies of an SQLite file made while it is in use."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from notifier.errors import DatabaseError, UsageError
from notifier.store import installation, migrating, restoring
from notifier.store.copies import keep_before, make_copy
from notifier.store.engine import open_engine, reading, sqlite_file, writing
from notifier.store.tables import subscribers
from tests.store.people import MAY, join


def people_in(file: Path) -> int:
    engine = open_engine(f"sqlite:///{file}")
    with reading(engine) as connection:
        count = connection.scalar(select(func.count()).select_from(subscribers)) or 0
    engine.dispose()
    return count


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    return open_engine(sqlite_url)


def test_a_copy_holds_what_was_committed_and_is_its_owners_alone(engine: Engine, tmp_path: Path) -> None:
    join(engine)
    copy = tmp_path / "copy"
    make_copy(engine, copy, now=MAY)
    assert people_in(copy) == 1
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob(".copy*")) == []


def test_it_is_one_state_while_others_write(engine: Engine, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(60):
            with writing(engine) as connection:
                installation.pause(connection, by="a", reason=str(number), now=MAY)
                installation.record_tick(connection, now=MAY)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    copies = 0
    while not done.is_set() or not copies:
        make_copy(engine, tmp_path / f"copy{copies}", now=MAY)
        copies += 1
    writer.join()
    assert all(people_in(tmp_path / f"copy{n}") == 0 for n in range(copies))


def test_a_copy_knows_when_it_was_made_and_the_original_is_none(engine: Engine, tmp_path: Path) -> None:
    make_copy(engine, tmp_path / "copy", now=MAY)
    restored = open_engine(f"sqlite:///{tmp_path / 'copy'}")
    with writing(restored) as connection:
        assert restoring.take_mark(connection) == MAY
        assert restoring.take_mark(connection) is None
    with writing(engine) as connection:
        assert restoring.take_mark(connection) is None


def test_no_copy_is_overwritten(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy").touch()
    with pytest.raises(UsageError, match="exists"):
        make_copy(engine, tmp_path / "copy", now=MAY)


def test_a_place_that_cannot_be_written_to_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot be copied"):
        make_copy(engine, tmp_path / "nowhere" / "copy", now=MAY)


def test_a_damaged_database_gives_no_copy(engine: Engine, tmp_path: Path) -> None:
    file = sqlite_file(engine)
    with file.open("r+b") as content:
        content.seek(40_000)
        content.write(os.urandom(20_000))
    with pytest.raises(DatabaseError, match="cannot be copied"):
        make_copy(engine, tmp_path / "copy", now=MAY)
    assert not (tmp_path / "copy").exists()


def test_on_postgresql_it_says_how_without_the_password(postgres_url: str, tmp_path: Path) -> None:
    engine = open_engine(postgres_url.replace("postgres@", "postgres:hemmelig@"))
    with pytest.raises(UsageError, match="pg_dump") as said:
        make_copy(engine, tmp_path / "copy", now=MAY)
    assert "hemmelig" not in str(said.value)
    engine.dispose()


def test_a_copy_is_kept_before_the_tables_change_and_holds_the_old_ones(
    engine: Engine, tmp_path: Path
) -> None:
    join(engine)
    migrating.downgrade(engine, "0001")
    kept = migrating.upgrade(engine)
    assert kept == sqlite_file(engine).with_name(f"notifier.sqlite3.before-{migrating.newest()}")
    old = open_engine(f"sqlite:///{kept}")
    assert migrating.current(old) == "0001"
    old.dispose()
    assert migrating.upgrade(engine) is None
    assert migrating.current(engine) == migrating.newest()


def test_the_first_copy_before_a_change_stays(engine: Engine) -> None:
    first = keep_before(engine, "0009")
    assert first is not None
    made = first.stat().st_mtime_ns
    assert keep_before(engine, "0009") == first
    assert first.stat().st_mtime_ns == made
