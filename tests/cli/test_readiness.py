"""`readiness`, `evidence import` and `vendors waive`: who is ready, what was seen, who is let off."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest

from notifier.core.answer import Answer, AnswerKind, Party, Way
from notifier.store import answers, pausing, subscribers
from notifier.store.engine import writing
from tests.cli.rehearsal import JOINED, Rehearsal

LATER = JOINED + timedelta(hours=1)
CHANGE = "testdata"


@pytest.fixture
def vendors(place: Rehearsal) -> Rehearsal:
    for name in ("blabaer", "tyttebaer", "multe"):
        assert place("vendors", "add", name.capitalize(), "--id", name, now=JOINED).code == 0
    for name in ("blabaer", "tyttebaer"):
        assert place("subscribers", "add", f"kari@{name}.example", "--vendor", name, now=JOINED).code == 0
    assert place("tick", now=JOINED).code == 0
    return place


def say(place: Rehearsal, vendor: str, kind: AnswerKind, at: datetime = LATER) -> None:
    said = Answer(
        id=0, party=Party(vendor=vendor), change_id=CHANGE, kind=kind, at=at, way=Way.OPERATOR, by="Kari"
    )
    with place.opened() as engine, writing(engine) as connection:
        answers.add(connection, said)


def conditions(place: Rehearsal) -> dict[str, str]:
    shown = place("readiness", CHANGE, "--json", now=LATER).json
    return {line["vendor"]: line["condition"] for line in shown[0]["vendors"]}


def test_each_vendor_has_its_condition(vendors: Rehearsal) -> None:
    say(vendors, "blabaer", AnswerKind.DONE)
    assert conditions(vendors) == {"blabaer": "done", "tyttebaer": "unanswered", "multe": "no-contact"}

    shown = vendors("readiness", CHANGE, now=LATER)
    assert shown.code == 0
    assert "1 no-contact ██████" in shown.words
    assert "said done on 2026-11-24 (today)" in shown.words
    later = LATER + timedelta(days=3)
    assert "said done on 2026-11-24 (3 days ago)" in vendors("readiness", CHANGE, now=later).words
    ages = {
        line["vendor"]: line["answered_days_ago"]
        for line in vendors("readiness", CHANGE, "--json", now=later).json[0]["vendors"]
    }
    assert ages == {"blabaer": 3, "tyttebaer": None, "multe": None}
    assert "To call first Multe no-contact Tyttebaer unanswered" in " ".join(
        shown.words.split(" not told yet")
    )


def test_what_a_contact_was_told_stays_with_the_vendor_they_spoke_for(vendors: Rehearsal) -> None:
    moved = vendors("subscribers", "set", "kari@blabaer.example", "--vendor", "multe", now=LATER)
    assert moved.code == 0, moved.err
    shown = vendors("readiness", CHANGE, "--json", now=LATER).json[0]["vendors"]
    told = {line["vendor"]: (line["condition"], line["last_told"] is not None) for line in shown}
    assert told == {
        "blabaer": ("no-contact", True),
        "tyttebaer": ("unanswered", True),
        "multe": ("unanswered", False),
    }


def test_who_has_paused_is_counted_apart(vendors: Rehearsal) -> None:
    with vendors.opened() as engine, writing(engine) as connection:
        kari = subscribers.find(connection, "kari@blabaer.example")
        assert kari is not None
        pausing.pause(connection, kari, until=LATER + timedelta(days=9), now=LATER)
    shown = vendors("readiness", CHANGE, "--json", now=LATER).json[0]["vendors"]
    counted = {line["vendor"]: (line["contacts"], line["paused"]) for line in shown}
    assert counted == {"blabaer": (1, 1), "tyttebaer": (1, 0), "multe": (0, 0)}
    assert "1 contact of 1 paused" in vendors("readiness", CHANGE, now=LATER).words
    later = vendors("readiness", CHANGE, "--json", now=LATER + timedelta(days=9)).json[0]["vendors"]
    assert {line["paused"] for line in later} == {0}


def test_csv_has_a_line_for_each_vendor(vendors: Rehearsal) -> None:
    rows = list(csv.DictReader(io.StringIO(vendors("readiness", "--csv", now=LATER).out)))
    mine = [row for row in rows if row["change"] == CHANGE]
    assert [(row["vendor"], row["condition"], row["blocks"]) for row in mine] == [
        ("multe", "no-contact", "True"),
        ("blabaer", "unanswered", "True"),
        ("tyttebaer", "unanswered", "True"),
    ]
    assert vendors("readiness", "--csv", "--json", now=LATER).code == 2


def test_the_gate_opens_once_all_are_ready_or_let_off(vendors: Rehearsal) -> None:
    shut = vendors("readiness", CHANGE, "--gate", now=LATER)
    assert (shut.code, shut.err.strip()) == (1, "3 vendors are not ready.")

    say(vendors, "blabaer", AnswerKind.DONE)
    say(vendors, "tyttebaer", AnswerKind.NOT_AFFECTED)
    waive = ("vendors", "waive", "multe", CHANGE, "--reason", "egen avtale", "--by", "Kari")
    assert vendors(*waive, "--until", "2026-12-31", now=LATER).code == 0
    assert vendors("readiness", CHANGE, "--gate", now=LATER).code == 0
    assert "let off until 2026-12-31 by Kari: egen avtale" in vendors("readiness", CHANGE, now=LATER).words

    assert "no longer let off" in vendors(*waive, "--until", "2026-11-01", now=LATER).words
    assert vendors("readiness", CHANGE, "--gate", now=LATER).code == 1


def test_the_gate_stays_shut_over_a_vendor_whose_follower_is_mailed_no_longer(vendors: Rehearsal) -> None:
    for vendor in ("tyttebaer", "multe"):
        say(vendors, vendor, AnswerKind.DONE)
    add = ("subscribers", "add", "ola@blabaer.example", "--vendor", "blabaer")
    assert vendors(*add, "--exclude", "service:preg", now=LATER).code == 0
    assert vendors("subscribers", "set", "kari@blabaer.example", "--suspend", "gone", now=LATER).code == 0
    assert conditions(vendors)["blabaer"] == "bounced"
    assert vendors("readiness", CHANGE, "--gate", now=LATER).code == 1
    assert vendors("subscribers", "set", "kari@blabaer.example", "--resume", now=LATER).code == 0
    assert conditions(vendors)["blabaer"] == "unanswered"
    assert vendors("subscribers", "remove", "kari@blabaer.example", now=LATER).code == 0
    assert conditions(vendors)["blabaer"] == "no-contact"
    assert vendors("readiness", CHANGE, "--gate", now=LATER).code == 1
    assert "1 contact who followed it left" in vendors("readiness", CHANGE, now=LATER).words


def test_the_gate_stays_shut_where_no_vendor_is_known(place: Rehearsal) -> None:
    assert place("tick", now=JOINED).code == 0
    shut = place("readiness", CHANGE, "--gate", now=LATER)
    assert (shut.code, shut.err.strip()[:20]) == (1, "No vendors are known")


def test_a_waiver_needs_a_vendor_a_change_and_a_reason(vendors: Rehearsal) -> None:
    options = ("--until", "2026-12-31", "--reason", "x")
    assert "did you mean multe?" in vendors("vendors", "waive", "mult", CHANGE, *options, now=LATER).err
    assert vendors("vendors", "waive", "multe", "nothing", *options, now=LATER).code == 2
    blank = vendors("vendors", "waive", "multe", CHANGE, "--until", "2026-12-31", "--reason", " ", now=LATER)
    assert blank.code == 2


def test_evidence_is_shown_first_and_imported_whole(vendors: Rehearsal) -> None:
    say(vendors, "blabaer", AnswerKind.DONE, at=LATER - timedelta(days=2))
    file = vendors.folder / "seen.csv"
    file.write_text(f"vendor;change;calls;last_seen\nblabaer;{CHANGE};1243;2026-11-24\n", encoding="utf-8")
    assert "Nothing was changed" in vendors("evidence", "import", str(file), now=LATER).words
    assert conditions(vendors)["blabaer"] == "done"

    imported = vendors("evidence", "import", str(file), "--yes", now=LATER)
    assert imported.code == 0
    assert "they are asked anew: blabaer testdata 1,243 calls" in imported.words
    assert conditions(vendors)["blabaer"] == "in-doubt"
    assert "is still seen using it; 1,243 calls seen" in vendors("readiness", CHANGE, now=LATER).words


def test_clients_are_added_up_for_their_vendor(vendors: Rehearsal) -> None:
    known = vendors.folder / "vendors.csv"
    known.write_text("id,name,clients\nmulte,Multe,c-1 c-2\n", encoding="utf-8")
    assert vendors("vendors", "import", str(known), "--yes", now=LATER).code == 0
    assert vendors("vendors", "show", "multe", "--json").json["clients"] == ["c-1", "c-2"]
    file = vendors.folder / "seen.json"
    file.write_text(
        f'[{{"client": "c-1", "change": "{CHANGE}", "calls": 3, "last_seen": "2026-11-20T10:00:00Z"}},'
        f' {{"client": "c-2", "change": "{CHANGE}", "calls": 4, "last_seen": "2026-11-19"}}]',
        encoding="utf-8",
    )
    assert vendors("evidence", "import", str(file), "--yes", now=LATER).code == 0
    line = vendors("readiness", CHANGE, "--json", now=LATER).json[0]["vendors"][0]
    assert (line["vendor"], line["calls"], line["last_seen"]) == ("multe", 7, "2026-11-20")


def test_a_report_may_come_in_several_files_and_once_more_changes_nothing(vendors: Rehearsal) -> None:
    def imported(calls: int, client: str, *options: str) -> str:
        file = vendors.folder / f"{client}.csv"
        file.write_text(
            f"client,change,calls,last_seen\n{client},{CHANGE},{calls},2026-11-19\n", encoding="utf-8"
        )
        called = vendors("evidence", "import", str(file), *options, "--yes", now=LATER)
        assert called.code == 0, called.err
        return called.words

    def seen() -> int:
        return int(vendors("readiness", CHANGE, "--json", now=LATER).json[0]["vendors"][0]["calls"])

    known = vendors.folder / "vendors.csv"
    known.write_text("id,name,clients\nmulte,Multe,c-1 c-2\n", encoding="utf-8")
    assert vendors("vendors", "import", str(known), "--yes", now=LATER).code == 0
    assert imported(3, "c-1", "--until", "2026-11-20") == "Imported 1 observation."
    imported(4, "c-2", "--until", "2026-11-20")
    assert seen() == 7
    assert "Left out: 1 observation known already" in imported(3, "c-1")
    assert "Left out: 1 observation" in imported(9, "c-1", "--until", "2026-11-19")
    assert seen() == 7
    imported(1, "c-1")
    assert seen() == 1


def test_a_report_covers_what_stands_in_it_and_ends_by_today(vendors: Rehearsal) -> None:
    file = vendors.folder / "seen.csv"
    file.write_text(f"vendor,change,calls,last_seen\nmulte,{CHANGE},3,2026-11-20\n", encoding="utf-8")
    early = vendors("evidence", "import", str(file), "--until", "2026-11-19", now=LATER)
    assert "2026-11-20 lies after 2026-11-19, up to which the report is" in " ".join(early.err.split())
    late = vendors("evidence", "import", str(file), "--until", "2027-01-01", now=LATER)
    assert late.code == 2
    assert "has not been yet" in late.err


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f"nobody,,{CHANGE},1,2026-11-20", "there is no vendor “nobody”"),
        (f"multe,c-1,{CHANGE},1,2026-11-20", "name either a vendor or a client"),
        (f",c-9,{CHANGE},1,2026-11-20", "no vendor has the client “c-9”"),
        ("multe,,nothing,1,2026-11-20", "the list has no change “nothing”"),
        (f"multe,,{CHANGE},many,2026-11-20", "“many” is not a number of calls"),
        (f"multe,,{CHANGE},1,yesterday", "“yesterday” is not a day"),
        (f"multe,,{CHANGE},1,2026-12-24", "2026-12-24 has not been yet"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_line(vendors: Rehearsal, row: str, sentence: str) -> None:
    file = vendors.folder / "seen.csv"
    file.write_text(f"vendor,client,change,calls,last_seen\n{row}\n", encoding="utf-8")
    refused = vendors("evidence", "import", str(file), "--yes", now=LATER)
    assert refused.code != 0
    assert f"line 2: {sentence}" in " ".join(refused.err.split())


@pytest.mark.parametrize("text", ["[1]", "{}", "[{", '[{"wendor": "multe"}]'])
def test_json_of_another_shape_is_refused(vendors: Rehearsal, text: str) -> None:
    file = vendors.folder / "seen.json"
    file.write_text(text, encoding="utf-8")
    assert vendors("evidence", "import", str(file), "--yes", now=LATER).code != 0
