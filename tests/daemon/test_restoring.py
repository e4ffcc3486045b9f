"""How an older copy, or another database, is known from the one that was last at work here, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifier.daemon.restoring import BY, recognise, remember
from notifier.store import alerts, installation
from notifier.store.engine import reading, writing
from tests.store.people import MAY


def works(engine: Engine, state_dir: Path, *, until: timedelta) -> None:
    """A daemon has been at work until then."""
    with writing(engine) as connection:
        installation.begin_acting(connection, given=None, wall=MAY)
        installation.identity(connection)
        installation.record_tick(connection, now=MAY + until)
    remember(engine, state_dir=state_dir, now=MAY + until)


def goes_back(engine: Engine, *, to: timedelta) -> None:
    """The database is the one from then."""
    with writing(engine) as connection:
        installation.record_tick(connection, now=MAY + to)


def test_a_restart_is_no_restore(database: Engine, tmp_path: Path) -> None:
    assert not recognise(database, state_dir=tmp_path, now=MAY)
    works(database, tmp_path, until=timedelta(hours=1))
    assert not recognise(database, state_dir=tmp_path, now=MAY + timedelta(days=9))


def test_an_older_copy_is_paused_and_told(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path, until=timedelta(hours=5))
    goes_back(database, to=timedelta(hours=1))
    assert recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))
    with reading(database) as connection:
        pause = installation.paused(connection)
        (alert,) = alerts.open_alerts(connection)
    assert pause is not None
    assert pause.by == BY
    assert "a copy from 2026-05-01 09:00" in alert.text
    assert "at work until 2026-05-01 13:00" in alert.text


def test_a_pause_by_a_person_stays_theirs(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path, until=timedelta(hours=5))
    goes_back(database, to=timedelta(hours=1))
    with writing(database) as connection:
        installation.pause(connection, by="Kari", reason="flytting", now=MAY)
    assert recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))
    with reading(database) as connection:
        pause = installation.paused(connection)
    assert pause is not None
    assert pause.by == "Kari"


def test_nodes_whose_clocks_differ_by_minutes_are_no_restore(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path, until=timedelta(hours=5))
    goes_back(database, to=timedelta(hours=4, minutes=57))
    assert not recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))


def test_another_database_in_the_same_place_is_paused_and_told(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path, until=timedelta(hours=5))
    with writing(database) as connection:
        connection.exec_driver_sql("DELETE FROM installation")
    assert recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))
    with reading(database) as connection:
        pause = installation.paused(connection)
        (alert,) = alerts.open_alerts(connection)
    assert pause is not None
    assert "at work until 2026-05-01 13:00 UTC is gone" in alert.text

    with writing(database) as connection:
        installation.resume(connection)
        installation.record_tick(connection, now=MAY + timedelta(hours=6))
    remember(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))
    assert not recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=7))


def test_whoever_moves_to_another_database_means_to(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path, until=timedelta(hours=5))
    file = tmp_path / "epoch"
    elsewhere = file.read_text(encoding="utf-8").replace("the database ", "the database /old")
    file.write_text(elsewhere, encoding="utf-8")
    with writing(database) as connection:
        connection.exec_driver_sql("DELETE FROM installation")
    assert not recognise(database, state_dir=tmp_path, now=MAY + timedelta(hours=6))


@pytest.mark.parametrize("content", ["", "no instant", "\x00"])
def test_a_spoilt_epoch_stops_nothing(database: Engine, tmp_path: Path, content: str) -> None:
    (tmp_path / "epoch").write_text(content, encoding="utf-8")
    assert not recognise(database, state_dir=tmp_path, now=MAY)
    works(database, tmp_path, until=timedelta(hours=1))
    assert "2026-05-01T09:00" in (tmp_path / "epoch").read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_to_stops_nothing(database: Engine, tmp_path: Path) -> None:
    works(database, tmp_path / "gone", until=timedelta(hours=1))
    assert not (tmp_path / "gone").exists()


def test_a_rehearsal_leaves_no_epoch(database: Engine, tmp_path: Path) -> None:
    with writing(database) as connection:
        installation.turn_into_rehearsal(connection, now=MAY)
    remember(database, state_dir=tmp_path, now=MAY)
    assert not recognise(database, state_dir=tmp_path, now=MAY)
    assert not (tmp_path / "epoch").exists()
