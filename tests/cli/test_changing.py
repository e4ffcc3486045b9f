"""`changes list`, `show` and `history`: the list as the system sees it."""

from __future__ import annotations

from tests.cli.rehearsal import Rehearsal, oslo
from tests.sources.lists import small

DAY = oslo(2026, 11, 25)
LATER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2027-02-01"))
EARLIER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))


def test_before_the_first_reading_there_is_nothing_to_list_and_it_says_what_to_do(place: Rehearsal) -> None:
    called = place("changes", "list")
    assert (called.code, "notifier tick or notifier run reads it" in called.out) == (0, True)
    assert place("changes", "list", "--json").json == {"revision": None, "held": [], "changes": []}


def test_before_the_first_reading_no_change_can_be_named(place: Rehearsal) -> None:
    for command in (["changes", "show", "testdata"], ["why", "kari@epj.no", "testdata"]):
        called = place(*command)
        assert (called.code, "notifier tick or notifier run reads it" in called.err) == (2, True)


def test_the_list_in_force_is_shown_not_the_file(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*LATER), encoding="utf-8")
    assert "ends in test on Friday 1 January 2027" in place("changes", "list").words
    place("tick", now=DAY)
    assert "ends in test on Monday 1 February 2027" in place("changes", "list").words


def test_a_held_reading_stands_before_all_with_its_hash_and_reasons(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*EARLIER), encoding="utf-8")
    place("tick", now=DAY)
    held = place("changes", "list", "--json").json["held"][0]
    said = place("changes", "list").words
    assert said.startswith(f"HELD: reading {held['hash'][:10]} (revision 2)")
    assert "testdata/test moves earlier" in said


def test_a_date_that_passed_unconfirmed_stands_out(place: Rehearsal) -> None:
    place.begun()
    assert (
        "PASSED, and the list does not say how it ended"
        in place("changes", "show", "testdata", now=oslo(2027, 7, 2)).words
    )


def test_one_change_is_shown_with_texts_and_source(place: Rehearsal) -> None:
    shown = place.begun()("changes", "show", "testdata", "--json").json
    assert shown["title"] == {"nb": "testdata", "nn": "testdata", "en": "test data"}
    assert shown["source"]["published"] == "2025-12-01"
    assert "Action Move. Source Veikart" in place("changes", "show", "testdata").words


def test_history_tells_every_date_there_ever_was(place: Rehearsal) -> None:
    place.begun()
    place.list.write_text(small(*LATER), encoding="utf-8")
    place("tick", now=DAY)
    told = place("changes", "history", "testdata", "--json").json
    moved = [
        (each["old"], each["new"], each["revision"], each["news"]) for each in told if each["kind"] == "moved"
    ]
    assert moved == [("2027-01-01", "2027-02-01", 2, True)]
    assert "rev 2 moved testdata/test 2027-01-01 → 2027-02-01" in place("changes", "history").words


def test_an_unknown_change_is_answered_with_the_nearest(place: Rehearsal) -> None:
    called = place.begun()("changes", "show", "test-data")
    assert (called.code, "did you mean testdata?" in called.err) == (2, True)
