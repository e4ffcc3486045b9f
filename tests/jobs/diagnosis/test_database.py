"""What is said of a database, of both kinds."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import Engine, text

from notifier.app import clock
from notifier.jobs.diagnosis.database import look_at_database, look_at_installation
from notifier.jobs.diagnosis.finding import Level
from notifier.store import installation, migrating
from notifier.store.engine import open_engine, sqlite_file, writing


def test_one_that_is_up_to_date_is_fine(database: Engine) -> None:
    assert [found.level for found in look_at_database(database, clock())] == [Level.OK]


def test_empty_tables_are_warned_of_and_stay_empty(empty_database: Engine) -> None:
    for _ in range(2):
        found = list(look_at_database(empty_database, clock()))
        assert [each.level for each in found] == [Level.WARNING]
    (found_closed,) = look_at_database(empty_database, clock(), upgrades=False)
    assert (found_closed.level, "notifier db upgrade" in found_closed.advice) == (Level.ERROR, True)


def test_a_clock_that_differs_is_warned_of(database: Engine) -> None:
    found = list(look_at_database(database, clock() + timedelta(minutes=2)))
    assert [each.level for each in found] == [Level.OK, Level.WARNING]
    assert re.search(r"by -?1(19|20|21) seconds", found[1].seen)


def test_one_of_a_newer_release_is_an_error(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (found,) = look_at_database(database, clock())
    assert (found.level, "newer release" in found.seen) == (Level.ERROR, True)
    with writing(database) as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(
            text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": migrating.newest()}
        )


def test_a_damaged_file_is_an_error(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    file = sqlite_file(engine)
    content = bytearray(file.read_bytes())
    content[40_000:60_000] = b"\xff" * 20_000
    file.write_bytes(content)
    assert Level.ERROR in [found.level for found in look_at_database(engine, clock())]
    engine.dispose()


def test_none_yet_is_fine() -> None:
    assert [found.level for found in look_at_database(None, clock())] == [Level.OK]


def test_a_pause_and_a_clock_before_the_last_tick_are_said(database: Engine) -> None:
    now = clock()
    with writing(database) as connection:
        installation.pause(connection, by="Kari", reason="flytting", now=now)
        installation.record_tick(connection, now=now + timedelta(hours=1))
    pause, wrong = look_at_installation(database, now)
    assert (pause.level, "flytting" in pause.seen, "notifier resume" in pause.advice) == (
        Level.WARNING,
        True,
        True,
    )
    assert (wrong.level, "the clock says" in wrong.seen) == (Level.ERROR, True)


def test_a_rehearsal_is_warned_of(database: Engine) -> None:
    with writing(database) as connection:
        installation.turn_into_rehearsal(connection, now=clock())
    assert [found.level for found in look_at_installation(database, clock())] == [Level.WARNING]
