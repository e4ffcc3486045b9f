"""`subscribers erase`: nothing that names the person is left, and the proof of telling stays."""

from __future__ import annotations

from sqlalchemy import insert

from notifier.store.answer_tables import answers
from notifier.store.engine import writing
from tests.cli.rehearsal import FIRST_TICK, JOINED, KARI, Rehearsal, added, oslo

LATER = oslo(2026, 11, 25)


def test_erasing_needs_a_yes_and_leaves_no_trace_of_the_person(place: Rehearsal) -> None:
    place.begun()
    assert "Nothing was changed" in place("subscribers", "erase", KARI).words
    assert place("subscribers", "show", KARI).code == 0

    assert place("subscribers", "erase", KARI, "--yes", now=LATER).code == 0
    assert KARI not in place("subscribers", "export", KARI).out
    assert place("subscribers", "list", "--json").json == []


def test_who_never_subscribed_but_answered_another_s_mail_is_exported_and_erased(place: Rehearsal) -> None:
    ida = "ida@konsulent.example.no"
    place.begun()
    row = {"party": "subscriber:1", "change": "testdata", "kind": "done", "way": "mail", "state": "waiting"}
    with place.opened() as engine, writing(engine) as connection:
        written = {"by": "Ida@Konsulent.example.no", "words": "Ring Ida", "subscriber_id": 1, "at": JOINED}
        connection.execute(insert(answers).values(row | written))

    assert [each["words"] for each in place("subscribers", "export", ida).json["answers"]] == ["Ring Ida"]
    assert f"forget {ida} for good. Nothing was changed" in place("subscribers", "erase", ida).words
    assert "The person is forgotten" in place("subscribers", "erase", ida, "--yes", now=LATER).words
    assert "By somebody who was erased (mail)" in place("answers", "show", "1").words
    assert place("subscribers", "export", ida).code == place("subscribers", "erase", ida).code == 2


def test_who_is_erased_is_still_told_about_by_their_address_and_by_the_log(place: Rehearsal) -> None:
    place("vendors", "add", "EPJ AS", now=FIRST_TICK)
    place("tick", now=FIRST_TICK)
    added(place, "--vendor", "epj-as")
    place("tick", now=JOINED)
    in_log = place("subscribers", "show", KARI, "--json").json["in_log"]
    assert place("subscribers", "show", in_log, "--json").json["address"] == KARI
    place("subscribers", "erase", KARI, "--yes", now=LATER)
    for named in (KARI, in_log):
        said = place("why", named, "testdata").words
        assert "erased of epj-as" in said
        assert "sent" in said
        assert KARI not in said
        assert "Vendor epj-as" in place("subscribers", "show", named).words


def test_an_import_passes_by_who_was_erased_until_somebody_adds_them(place: Rehearsal) -> None:
    place.begun()
    place("subscribers", "erase", KARI, "--yes", now=LATER)
    file = place.folder / "people.csv"
    file.write_text(f"address\n{KARI}\nola@epj.example.no\n", encoding="utf-8")
    assert "1 did not ask for it or were erased" in place("subscribers", "import", str(file)).words
    done = place("subscribers", "import", str(file), "--yes", now=LATER).words
    assert done.startswith("Imported 1 of 2 rows:")
    assert "1 did not ask for it or were erased" in done
    assert "was erased; on your word" in place("subscribers", "add", KARI, now=LATER).words
