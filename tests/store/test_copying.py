"""Copying a whole database, from either kind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, func, insert, select

from notifier.store import installation, nodes, subscribers
from notifier.store.copying import copy_all
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import upgrade
from notifier.store.tables import metadata, relay
from tests.store.people import MAY, join


def test_a_copy_holds_every_row_but_running_processes_and_the_relays_state(
    database: Engine, tmp_path: Path
) -> None:
    for number in range(3):
        join(database, f"kari{number}@epj.example.no", "service:preg")
    with writing(database) as connection:
        identity = installation.identity(connection)
        nodes.register(connection, "elsewhere:1")
        connection.execute(insert(relay).values(id=1, failures=3, streak=1, reason="down"))

    copy = open_engine(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    upgrade(copy)
    with reading(database) as source, writing(copy) as target:
        copy_all(source, target)

    with reading(database) as source, reading(copy) as target:
        for table in metadata.sorted_tables:
            counted = select(func.count()).select_from(table)
            expected = 0 if table.name in ("nodes", "relay") else source.scalar(counted)
            assert target.scalar(counted) == expected, table.name
        assert subscribers.listing(target) == subscribers.listing(source)
        assert installation.identity(target) == identity
    assert join(copy, "new@epj.example.no").id == 4
    copy.dispose()


def test_a_live_installations_copy_becomes_a_rehearsal_that_is_not_paused(database: Engine) -> None:
    with writing(database) as connection:
        installation.begin_acting(connection, given=None, wall=MAY)
        installation.pause(connection, by="ola", reason="maintenance", now=MAY)
        installation.turn_into_rehearsal(connection, now=MAY)
        assert installation.mode(connection) is installation.Mode.REHEARSAL
        assert installation.paused(connection) is None
        assert installation.begin_acting(connection, given=None, wall=MAY.replace(year=2030)) == MAY
