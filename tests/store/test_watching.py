"""Whether anything was written is known at once, whoever wrote it; where it cannot be known, that is said."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Engine, text

from notifier.store.engine import open_engine, reading, writing
from notifier.store.watching import watching
from tests.store.people import join


def test_only_what_is_committed_counts_in_whichever_process(sqlite_url: str) -> None:
    ours, other = open_engine(sqlite_url), open_engine(sqlite_url)
    version = watching(ours)
    seen = [version()]
    assert seen[0] is not None
    with reading(other) as connection:
        connection.execute(text("SELECT count(*) FROM subscribers")).all()
    assert version() == seen[0]
    for number, engine in enumerate([ours, other, ours]):
        with writing(engine) as connection:
            connection.execute(text("UPDATE subscribers SET score = 1"))
            assert version() == seen[-1]
        join(engine, f"kari{number}@epj.example.no")
        seen.append(version())
    assert len(set(seen)) == 4
    ours.dispose()
    other.dispose()


def test_another_file_in_its_place_is_another_version(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    file = tmp_path / "notifier.sqlite3"
    version = watching(engine)
    before = version()
    shutil.copyfile(file, tmp_path / "copy")
    (tmp_path / "copy").replace(file)
    assert version() not in (None, before)
    file.unlink()
    assert version() is None
    engine.dispose()


def test_a_file_that_was_away_meanwhile_is_another_version(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    file = tmp_path / "notifier.sqlite3"
    version = watching(engine)
    before = version()
    file.rename(tmp_path / "away")
    assert version() is None
    (tmp_path / "away").rename(file)
    # Another connection counts anew, so that equal counts would say nothing.
    assert version() not in (None, before)
    engine.dispose()


def test_postgresql_cannot_tell(postgres_url: str) -> None:
    engine: Engine = open_engine(postgres_url)
    assert watching(engine)() is None
    engine.dispose()
