"""The command `publish`."""

from __future__ import annotations

import json

from tests.cli.rehearsal import Rehearsal


def test_it_needs_a_list_writes_everything_and_the_second_time_nothing(place: Rehearsal) -> None:
    folder = place.folder / "site"
    early = place("publish", str(folder))
    assert (early.code, "No list is in force yet" in early.err, folder.exists()) == (2, True, False)
    place.begun()
    assert place("publish", str(folder)).code == 0
    assert (folder / "calendar.ics").read_bytes().endswith(b"END:VCALENDAR\r\n")
    again = json.loads(place("publish", str(folder), "--json").out)
    assert (again["written"], again["removed"], again["kept"]) == (0, 0, [])


def test_a_directory_of_somebody_else_s_is_left_alone(place: Rehearsal) -> None:
    folder = place.folder / "site"
    place.begun()
    folder.mkdir()
    (folder / "index.html").write_text("ours")
    called = place("publish", str(folder))
    assert (called.code, "not from here" in called.err) == (2, True)
    assert [file.name for file in folder.iterdir()] == ["index.html"]
