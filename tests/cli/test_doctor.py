"""The command `doctor`: its lines, its JSON, its exit codes; and it changes nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.rehearsal import Rehearsal


def files_of(place: Rehearsal) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (place.folder / "var").rglob("*") if file.is_file()}


def test_an_installation_that_has_begun_has_no_errors_and_is_left_as_it_was(place: Rehearsal) -> None:
    before = files_of(place.begun())
    called = place("doctor")
    assert (called.code, "error" in called.out) == (0, False)
    assert "mails were composed" in called.words
    assert files_of(place) == before


def test_it_makes_nothing_where_nothing_is_yet_and_an_error_is_exit_1(place: Rehearsal) -> None:
    place.list.write_text("revision =", encoding="utf-8")
    called = place("doctor", "--json")
    levels = {each["about"]: each["level"] for each in called.json}
    assert (called.code, levels["list"], levels["database"]) == (1, "error", "ok")
    assert files_of(place) == {}


def test_settings_that_cannot_be_read_are_each_an_error_and_exit_78(place: Rehearsal) -> None:
    place.set("NOTIFIER_MAIL__CONNECTIONS", "0")
    place.set("NOTIFIER_WEB__BIND", "somewhere")
    called = place("doctor", "--json")
    assert called.code == 78
    assert [each["level"] for each in called.json] == ["error", "error"]
    assert "web.bind" in called.out
