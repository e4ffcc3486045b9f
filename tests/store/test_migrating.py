"""The tables' way up, down and up again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert, inspect, select, text, update

from notifier.core.answer import Answer, AnswerKind, AnswerState, Party, Way
from notifier.core.change import ChangeList, Status
from notifier.core.diff import differences
from notifier.core.letter import LetterKind
from notifier.errors import ConstraintError, DatabaseError
from notifier.store import answers, changes, erasing, letters
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import current, downgrade, newest, upgrade
from notifier.store.tables import messages, metadata, notices, subscribers, subscriptions
from tests.core.lists import a_change, a_deadline, a_list
from tests.store.people import KEYED, MAY, join, look_up


def differences_from_metadata(engine: Engine) -> list[object]:
    # Alembic cannot compare an empty text as a default on SQLite.
    options = {"compare_type": True, "compare_server_default": engine.dialect.name != "sqlite"}
    with reading(engine) as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def table_names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_an_empty_database_gets_exactly_the_tables_of_the_program(empty_database: Engine) -> None:
    assert current(empty_database) is None

    upgrade(empty_database)

    assert table_names(empty_database) == {*metadata.tables, "alembic_version"}
    assert differences_from_metadata(empty_database) == []


def test_down_leaves_nothing_and_up_again_brings_all_back(empty_database: Engine) -> None:
    upgrade(empty_database)
    downgrade(empty_database, "base")
    assert table_names(empty_database) == {"alembic_version"}

    upgrade(empty_database)
    assert differences_from_metadata(empty_database) == []


def test_files_are_named_by_the_migrations_in_them() -> None:
    config = Config()
    config.set_main_option("script_location", "notifier:store/migrations")
    config.set_main_option("path_separator", "os")
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert scripts[0].revision == newest()
    assert all(Path(script.path).name.startswith(f"{script.revision}_") for script in scripts)


def test_on_sqlite_with_nothing_to_migrate_neither_alembic_nor_postgresql_is_loaded(sqlite_url: str) -> None:
    code = (
        "import sys; from notifier.store import engine, migrating, planning;"
        f"migrating.upgrade(engine.open_engine({sqlite_url!r}));"
        "sys.exit(bool({'alembic', 'sqlalchemy.dialects.postgresql'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_upgrading_twice_changes_nothing(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(text("INSERT INTO installation (key, value) VALUES ('k', 'v')"))
    upgrade(database)
    with reading(database) as connection:
        assert connection.execute(text("SELECT value FROM installation")).scalar_one() == "v"


def test_a_database_of_a_newer_release_is_refused(empty_database: Engine) -> None:
    upgrade(empty_database)
    with writing(empty_database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for refused in (upgrade, current, lambda engine: downgrade(engine, "base")):
        with pytest.raises(DatabaseError, match="newer release"):
            refused(empty_database)
    assert "subscribers" in table_names(empty_database)


def test_processes_that_start_together_do_not_disturb_each_other(empty_database_url: str) -> None:
    starters = [start_and_upgrade(empty_database_url) for _ in range(4)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0, 0]

    engine = open_engine(empty_database_url)
    assert differences_from_metadata(engine) == []
    engine.dispose()


def start_and_upgrade(url: str) -> subprocess.Popen[bytes]:
    program = (
        "import sys; from notifier.store import engine, migrating;"
        "migrating.upgrade(engine.open_engine(sys.argv[1]))"
    )
    return subprocess.Popen([sys.executable, "-c", program, url])


def test_rows_that_refer_to_nothing_are_refused_after_a_migration(empty_database: Engine) -> None:
    upgrade(empty_database)
    orphan = {"subscriber_id": 99, "scope": "everything", "target": "", "since": MAY}
    with pytest.raises(ConstraintError), writing(empty_database) as connection:
        connection.execute(insert(subscriptions).values(orphan))


def test_an_id_that_our_mail_may_name_is_never_used_again(empty_database: Engine) -> None:
    upgrade(empty_database)
    downgrade(empty_database, "0001")
    upgrade(empty_database)
    first = join(empty_database, "ola@journal.example.no")
    with writing(empty_database) as connection:
        told = connection.scalars(text("SELECT id FROM messages")).one()
        for table in (notices, subscriptions, messages, subscribers):
            connection.execute(delete(table))
    join(empty_database)
    assert look_up(empty_database).id > first.id
    with reading(empty_database) as connection:
        assert connection.scalars(text("SELECT id FROM messages")).one() > told


def test_every_step_down_and_up_again_keeps_people_and_what_they_were_told(empty_database: Engine) -> None:
    upgrade(empty_database)
    people = [join(empty_database, f"person{number}@epj.example.no").id for number in range(3)]
    with writing(empty_database) as connection:
        connection.execute(messages.update().values(state="sent"))
        erasing.erase(connection, subscriber_id=people[0], pseudonyms=KEYED, now=MAY)
    steps = [newest()]
    while steps[-1] != "0001":
        steps.append(f"{int(steps[-1]) - 1:04}")
        downgrade(empty_database, steps[-1])
        assert current(empty_database) == steps[-1]
    upgrade(empty_database)
    assert differences_from_metadata(empty_database) == []
    with reading(empty_database) as connection:
        states = connection.execute(select(subscribers.c.state).order_by(subscribers.c.id)).scalars().all()
        told = connection.execute(select(notices.c.subscriber_id, notices.c.outcome)).all()
    assert states == ["erased", "active", "active"]
    assert sorted(told) == [(people[0], "left"), (people[1], "owed"), (people[2], "owed")]


def test_an_answer_that_was_replaced_is_one_that_was_refused_to_releases_before(
    empty_database: Engine,
) -> None:
    upgrade(empty_database)
    said = {"party": Party(vendor="blabaer"), "change_id": "portal", "kind": AnswerKind.DONE, "way": Way.MAIL}
    with writing(empty_database) as connection:
        answers.add(connection, Answer(id=0, at=MAY, state=AnswerState.REPLACED, **said))
    downgrade(empty_database, "0016")
    with reading(empty_database) as connection:
        assert connection.scalars(text("SELECT state FROM answers")).all() == ["refused"]
    upgrade(empty_database)
    with reading(empty_database) as connection:
        (answer,) = answers.given(connection)
    assert (answer.state, answer.decided_by) == (AnswerState.REPLACED, "")


def test_letters_that_releases_before_do_not_know_are_not_left_to_them(empty_database: Engine) -> None:
    upgrade(empty_database)
    kari = join(empty_database)
    with writing(empty_database) as connection:
        for kind in (LetterKind.LEAVING, LetterKind.STATUS):
            letters.put(connection, kari.id, kind, now=MAY)
    downgrade(empty_database, "0017")
    with reading(empty_database) as connection:
        left = connection.scalars(text("SELECT letter FROM messages WHERE letter IS NOT NULL")).all()
    assert left == ["status"]


def test_what_was_missed_in_a_pause_is_told_apart_from_what_no_mail_goes_for(empty_database: Engine) -> None:
    upgrade(empty_database)
    paused, suspended = (join(empty_database, f"{name}@epj.example.no").id for name in ("kari", "ola"))
    with writing(empty_database) as connection:
        connection.execute(update(notices).where(notices.c.subscriber_id == paused).values(outcome="paused"))
        connection.execute(
            update(notices).where(notices.c.subscriber_id == suspended).values(outcome="suspended")
        )

    def told() -> dict[int, str]:
        with reading(empty_database) as connection:
            rows = connection.execute(select(notices.c.subscriber_id, notices.c.outcome))
            return {row.subscriber_id: row.outcome for row in rows}

    downgrade(empty_database, "0019")
    assert set(told().values()) == {"suspended"}
    upgrade(empty_database)
    assert told() == {paused: "paused", suspended: "suspended"}


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
def test_a_database_made_with_less_room_for_who_answered_gets_more(empty_database: Engine) -> None:
    upgrade(empty_database)
    downgrade(empty_database, "0017")
    with writing(empty_database) as connection:
        connection.execute(text('ALTER TABLE answers ALTER COLUMN "by" TYPE varchar(200)'))
    upgrade(empty_database)
    assert differences_from_metadata(empty_database) == []


def test_how_a_deadline_had_ended_is_taken_from_what_the_list_said_then(empty_database: Engine) -> None:
    upgrade(empty_database)
    end = [
        (Status.COMPLETED, "2026-12-01"),
        (Status.WITHDRAWN, "2026-12-01"),
        (Status.WITHDRAWN, "2027-01-01"),
    ]
    lists = [a_list(a_change(a_deadline(day, status=status), a_deadline(name="test"))) for status, day in end]
    old = ChangeList(revision=0, services=(), changes=())
    for new in (replace(each, revision=number) for number, each in enumerate(lists, 1)):
        found = differences(old, new)
        with writing(empty_database) as connection:
            changes.put_in_force(
                connection, changes=new, merged=new, differences=found, since={}, news=(), now=MAY
            )
        old = new
    with reading(empty_database) as connection:
        before = changes.history(connection)
    downgrade(empty_database, "0018")
    upgrade(empty_database)
    with reading(empty_database) as connection:
        assert changes.history(connection) == before
    assert [entry.difference.status for entry in before["portal/end"]] == [status for status, _ in end]
