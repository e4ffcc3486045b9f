"""Opening databases, sound and unsound, and the two ways of using them."""

from __future__ import annotations

import stat
import threading
import time
import traceback
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete, insert, select, update

from notifier.errors import ConfigurationError, ConstraintError, DatabaseError
from notifier.store.engine import database_clock, open_engine, reading, sqlite_file, writing
from notifier.store.migrating import upgrade
from notifier.store.tables import installation, nodes, subscribers, subscriptions
from tests.postgresql import Server
from tests.store.people import MAY, join


def put(engine: Engine, key: str) -> None:
    with writing(engine) as connection:
        connection.execute(insert(installation).values(key=key, value=""))


def put_and_fail(engine: Engine, key: str) -> None:
    with writing(engine) as connection:
        connection.execute(insert(installation).values(key=key, value=""))
        raise KeyError(key)


def keys(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.scalars(select(installation.c.key)))


def test_what_was_written_is_there_and_what_failed_half_way_is_not(database: Engine) -> None:
    put(database, "kept")
    with pytest.raises(KeyError):
        put_and_fail(database, "undone")
    assert keys(database) == {"kept"}


def test_a_reader_cannot_write(database: Engine) -> None:
    with pytest.raises(DatabaseError, match=r"cannot be written|takes no writes"), reading(database) as c:
        c.execute(insert(installation).values(key="k", value=""))
    assert keys(database) == set()


def test_reading_and_writing_take_turns_on_a_connection(database: Engine) -> None:
    for key in ("first", "second", "third"):
        put(database, key)
        with pytest.raises(DatabaseError), reading(database) as connection:
            connection.execute(delete(installation))
    assert keys(database) == {"first", "second", "third"}


def test_a_reader_sees_one_state_while_others_write(database: Engine) -> None:
    with reading(database) as connection:
        before = set(connection.scalars(select(installation.c.key)))
        put(database, "new")
        assert set(connection.scalars(select(installation.c.key))) == before
    assert keys(database) == {"new"}


def test_a_second_writer_waits_for_the_first(database: Engine) -> None:
    started = threading.Event()

    def write_slowly() -> None:
        with writing(database) as connection:
            connection.execute(insert(installation).values(key="n", value="1"))
            started.set()
            time.sleep(0.3)

    first = threading.Thread(target=write_slowly)
    first.start()
    started.wait()
    with pytest.raises(ConstraintError), writing(database) as connection:
        connection.execute(insert(installation).values(key="n", value="2"))
    first.join()
    assert keys(database) == {"n"}


def test_a_database_that_keeps_every_connection_busy_is_told_as_one_that_does_not_work(
    sqlite_url: str,
) -> None:
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with reading(engine), pytest.raises(DatabaseError, match="every connection to it is in use"):
        keys(engine)
    engine.dispose()


def test_a_row_that_refers_to_nothing_is_refused(database: Engine) -> None:
    orphan = {"subscriber_id": 99, "scope": "everything", "target": "", "since": MAY}
    with pytest.raises(ConstraintError), writing(database) as connection:
        connection.execute(insert(subscriptions).values(orphan))


def alter(engine: Engine, whose: int, values: dict[str, str]) -> None:
    with writing(engine) as connection:
        connection.execute(update(subscribers).where(subscribers.c.id == whose).values(values))


@pytest.mark.parametrize("column", ["identity", "vendor_id"])
def test_no_value_of_a_refused_row_reaches_a_traceback(database: Engine, column: str) -> None:
    kari, ola = join(database), join(database, "ola@epj.example.no")
    with pytest.raises(ConstraintError, match="a row was refused") as refused:
        alter(database, ola.id, {column: kari.address})
    told = "".join(traceback.format_exception(refused.value))
    assert "epj.example.no" not in told
    assert "in alter" in told


def test_which_rule_a_row_contradicts_is_named(database: Engine) -> None:
    kari, ola = join(database), join(database, "ola@epj.example.no")
    with pytest.raises(ConstraintError, match=r"subscribers.identity"):
        alter(database, ola.id, {"identity": kari.address})


def test_no_value_that_is_too_long_reaches_a_traceback(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    kari = join(engine)
    with pytest.raises(DatabaseError, match="error 22001") as refused:
        alter(engine, kari.id, {"language": kari.address})
    engine.dispose()
    assert "epj.example.no" not in "".join(traceback.format_exception(refused.value))


def test_the_databases_clock_runs_and_agrees_with_ours(database: Engine) -> None:
    with reading(database) as connection:
        first = database_clock(connection)
        connection.execute(select(nodes)).all()
        time.sleep(0.02)
        second = database_clock(connection)
    assert 0.01 < second - first < 5
    assert abs(second - Path("/proc/self/cmdline").stat().st_ctime) < 24 * 3600


def test_the_file_and_its_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path / 'state/notifier.sqlite3'}").dispose()
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state/notifier.sqlite3").stat().st_mode) == 0o600


def test_any_path_may_hold_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tjenester & frister?/50 % #1.sqlite3"
    engine = open_engine(f"sqlite:///{tmp_path}/tjenester & frister%3F/50 %25 #1.sqlite3")
    upgrade(engine)
    put(engine, "k")
    assert (sqlite_file(engine), keys(engine)) == (file, {"k"})
    assert file.is_file()
    engine.dispose()


def test_sqlite_survives_power_cuts_and_lets_readers_read_while_it_writes(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with reading(engine) as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 1, 10_000]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("nonsense", "not a database's address"),
        ("mysql://root:hemmelig@db/notifier", "mysql"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
    ],
)
def test_an_address_that_names_no_database_is_refused_without_repeating_it(url: str, word: str) -> None:
    with pytest.raises(ConfigurationError, match=word) as refused:
        open_engine(url)
    assert "hemmelig" not in str(refused.value)


def test_a_place_where_no_file_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigurationError, match=r"state_dir.*file/notifier\.sqlite3 cannot be made"):
        open_engine(f"sqlite:///{tmp_path / 'file/notifier.sqlite3'}")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notifier.sqlite3"
    file.write_bytes(b"this is a letter, not a database\n" * 100)
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match=r"notifier\.sqlite3: the file is not a database"):
        upgrade(engine)
    engine.dispose()
    assert file.read_bytes().startswith(b"this is a letter")


def test_a_damaged_file_is_told_in_a_sentence(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    file = sqlite_file(engine)
    engine.dispose()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="the file is damaged; stop the daemon"), reading(engine) as c:
        c.execute(select(installation)).all()
    engine.dispose()


def test_a_full_disk_is_told_in_a_sentence_and_undoes_the_whole_transaction(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        # SQLite refuses to grow the file, as it does when the disk has no room.
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    rows = [{"key": f"k{number}", "value": "x" * 500} for number in range(1_000)]
    with pytest.raises(DatabaseError, match="the disk is full"), writing(engine) as connection:
        connection.execute(insert(installation), rows)
    assert keys(engine) == set()
    engine.dispose()


def test_a_file_deleted_while_the_program_runs_is_noticed_and_not_made_anew(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    put(engine, "k")
    sqlite_file(engine).unlink()
    with pytest.raises(DatabaseError, match="the file cannot be opened"):
        put(engine, "lost")
    assert not sqlite_file(engine).exists()
    engine.dispose()


def test_a_postgresql_database_that_does_not_exist_is_named(postgres_server: Server) -> None:
    engine = open_engine(postgres_server.url("nowhere"))
    with pytest.raises(DatabaseError, match=r"“nowhere” on .*: (there is no such database|it cannot be)"):
        put(engine, "k")
    engine.dispose()


def test_a_server_that_was_restarted_is_used_again(postgres_server: Server, postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    put(engine, "before")
    postgres_server.stop()
    with pytest.raises(DatabaseError, match="cannot be reached"):
        put(engine, "meanwhile")
    postgres_server.start()
    put(engine, "after")
    assert keys(engine) == {"before", "after"}
    engine.dispose()
