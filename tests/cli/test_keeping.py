"""`backup`, and `db current`, `upgrade` and `downgrade`."""

from __future__ import annotations

from notifier.store import migrating
from tests.cli.rehearsal import Rehearsal


def test_a_backup_is_made_once_and_not_over_another(place: Rehearsal) -> None:
    place.begun()
    copy = place.folder / "copy.sqlite3"
    assert place("backup", str(copy)).code == 0
    assert copy.stat().st_size > 0
    again = place("backup", str(copy))
    assert (again.code, "exists" in again.err) == (2, True)


def test_where_there_is_no_database_none_is_made(place: Rehearsal) -> None:
    for command in (("backup", "copy"), ("db", "current"), ("db", "upgrade")):
        called = place(*command)
        assert (called.code, "no database yet" in called.err) == (2, True)
    assert not (place.folder / "var").exists()


def test_tables_go_down_only_when_told_twice_and_up_again(place: Rehearsal) -> None:
    place.begun()
    newest = migrating.newest()
    assert place("db", "current", "--json").json == {"current": newest, "newest": newest}
    refused = place("db", "downgrade", "0001")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert place("db", "downgrade", "0001", "--yes").code == 0
    assert place("db", "current", "--json").json["current"] == "0001"
    assert place("db", "upgrade").code == 0
    assert place("plan").code == 0


def test_a_revision_that_does_not_exist_is_wrong_usage(place: Rehearsal) -> None:
    called = place.begun()("db", "downgrade", "4711", "--yes")
    assert (called.code, "4711" in called.err, "Traceback" in called.err) == (2, True, False)
    assert list(place.folder.rglob("*4711*")) == [], "no copy of a database that stays as it is"


def test_upgrading_by_hand_means_that_old_tables_are_refused(place: Rehearsal) -> None:
    place.begun()
    place.set("NOTIFIER_DATABASE__UPGRADE", "false")
    assert place("plan").code == 0
    assert place("db", "downgrade", "0001", "--yes").code == 0
    refused = place("plan")
    assert (refused.code, "notifier db upgrade" in refused.err) == (1, True)
