"""`plan`: what will be sent when, to how many."""

from __future__ import annotations

from tests.cli.rehearsal import FIRST_TICK, JOINED, Rehearsal, oslo
from tests.sources.lists import small

LATER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2027-02-01"))


def test_before_the_first_reading_it_says_how_to_begin(place: Rehearsal) -> None:
    called = place("plan")
    assert (called.code, "No list is in force yet" in called.out) == (0, True)


def test_every_instant_ahead_is_listed_in_order_with_how_many_it_reaches(place: Rehearsal) -> None:
    place.begun()
    place.join("per@leverandor.example", "service:preg", now=JOINED)
    entries = place("plan", "--json", now=JOINED).json["upcoming"]
    assert [(each["due"], each["lead"], each["people"]) for each in entries[:3]] == [
        ("2026-12-02T07:00:00Z", "30d", 2),
        ("2026-12-18T07:00:00Z", "14d", 2),
        ("2026-12-23T07:00:00Z", "7d", 2),
    ]
    assert "Wed 2026-12-02 08:00 30d 2 people PREG – test data" in place("plan").words


def test_what_the_plan_says_is_what_the_tick_then_sends(place: Rehearsal) -> None:
    place.begun()
    first = place("plan", "--json").json["upcoming"][0]
    assert first["deadline"] == "testdata/test"
    called = place("tick", now=oslo(2026, 12, 2))
    assert f"{first['people']} sent" in called.words


def test_what_is_owed_already_stands_first(place: Rehearsal) -> None:
    place.begun()
    called = place("plan", "--json", now=oslo(2026, 12, 3)).json
    assert [(each["lead"], each["people"]) for each in called["owed"]] == [("30d", 1)]
    assert "Owed now 30d 1 person" in place("plan", now=oslo(2026, 12, 3)).words


def test_until_ends_the_plan_with_that_day(place: Rehearsal) -> None:
    place.begun()
    entries = place("plan", "--until", "2026-12-18", "--json").json["upcoming"]
    assert [each["due"][:10] for each in entries] == ["2026-12-02", "2026-12-18"]


def test_who_has_answered_is_spared_and_a_promise_is_reminded_of_and_asked_about(place: Rehearsal) -> None:
    place.begun()
    kari, said = "kari@epj.example.no", ("answers", "record", "testdata")
    place.join("per@leverandor.example", "service:preg", now=JOINED)
    assert place(*said, "done", "--address", "per@leverandor.example", now=JOINED).code == 0
    assert place(*said, "planned", "--on", "2026-12-15", "--address", kari, now=JOINED).code == 0

    found = place("plan", "--until", "2026-12-23", "--json", now=JOINED).json["upcoming"]
    listed = [
        (e["due"][:10], e["kind"], e["lead"], e["people"], e["spared"])
        for e in found
        if e["deadline"] == "testdata/test"
    ]
    assert listed == [
        ("2026-12-02", "reminder", "30d", 0, 2),
        ("2026-12-08", "promise", "7d", 1, 0),
        ("2026-12-16", "question", None, 1, 0),
        ("2026-12-18", "reminder", "14d", 1, 1),
        ("2026-12-23", "reminder", "7d", 1, 1),
    ]
    text = place("plan", now=JOINED).words
    assert "promise 1 person PREG – test data" in text
    assert "planned for 2026-12-15" in text
    assert "(2 spared by an answer)" in text

    assert place("tick", now=JOINED).code == 0
    for day, sent in ((2, 0), (8, 1), (16, 1), (18, 1)):
        before = len(place.mails())
        assert place("tick", now=oslo(2026, 12, day)).code == 0
        assert len(place.mails()) - before == sent
        assert place("plan", "--json", now=oslo(2026, 12, day)).json["owed"] == []


def test_a_day_that_is_none_is_exit_2(place: Rehearsal) -> None:
    called = place("plan", "--until", "next week")
    assert (called.code, "write it as in 2026-12-01" in called.err) == (2, True)


def test_a_moved_date_moves_the_plan(place: Rehearsal) -> None:
    place("tick", now=FIRST_TICK)
    place.list.write_text(small(*LATER), encoding="utf-8")
    place("tick", now=FIRST_TICK)
    assert {each["date"] for each in place("plan", "--json").json["upcoming"]} >= {"2027-02-01"}
    assert "2027-01-01" not in place("plan").out


def test_the_settings_leads_are_the_ones_planned_by(place: Rehearsal) -> None:
    place.set("NOTIFIER_REMINDERS__LEADS", "7d")
    place.begun()
    called = place("plan", "--json").json
    assert {each["lead"] for each in called["upcoming"] if each["deadline"] == "testdata/test"} == {"7d"}
