"""`subscribers import` and `vendors import`: what a file would do, then doing it whole or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.rehearsal import JOINED, Rehearsal, oslo

PEOPLE = "address;language;follow;leads\r\nkari@epj.no;;;\r\nola@ris.no;en;service:preg;30d 7d\r\n"
LATER = oslo(2026, 11, 25)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two people, as a spreadsheet saves it."""
    path = tmp_path / "people.csv"
    path.write_bytes(f"\ufeff{PEOPLE}".encode())
    return path


def listed(place: Rehearsal) -> list[str]:
    return [each["address"] for each in place("subscribers", "list", "--json").json]


def test_without_yes_it_shows_what_it_would_do_and_changes_nothing(place: Rehearsal, file: Path) -> None:
    called = place("subscribers", "import", str(file))
    assert called.code == 0
    assert "2 rows to import: 2 new" in called.words
    assert "ola@ris.no en service:preg at 30d 7d" in called.words
    assert "Nothing was changed; to import it, add --yes." in called.words
    assert listed(place) == []


def test_with_yes_everybody_joins_and_is_told_where_they_stand(place: Rehearsal, file: Path) -> None:
    place("subscribers", "add", "kari@epj.no", now=JOINED)
    called = place("subscribers", "import", str(file), "--yes", "--basis", "avtale 17", now=JOINED)
    assert (called.code, called.err) == (0, "")
    assert called.words.startswith("Imported 1 of 2 rows:")
    assert "1 new" in called.words
    assert "1 subscribed already; they stay as they are" in called.words

    shown = place("subscribers", "show", "ola@ris.no", "--json").json
    assert (shown["language"], shown["follows"], shown["leads"], shown["basis"]) == (
        "en",
        ["service:preg"],
        ["30d", "7d"],
        "avtale 17",
    )
    place("tick", now=JOINED)
    assert sorted(mail["To"] for mail in place.mails()) == ["kari@epj.no", "ola@ris.no"]


def test_what_a_list_shows_of_everybody_reads_back_as_rows(
    place: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place("vendors", "add", "EPJ AS", now=JOINED)
    for address, *options in (
        ("kari@epj.no", "--exclude", "service:preg", "--lead", "7d", "--lead", "30d", "--vendor", "epj-as"),
        ("ola@ris.no", "--language", "en", "--follow", "service:preg", "--exclude", "change:testdata"),
        ("per@ris.no",),
    ):
        assert place("subscribers", "add", address, *options, now=JOINED).code == 0
    before = place("subscribers", "list", "--json").json
    file = tmp_path / "all.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["address", "language", "follow", "exclude", "leads", "vendor"])
        for each in before:
            several = (" ".join(each[name] or ()) for name in ("follows", "excluded", "leads"))
            rows.writerow([each["address"], each["language"], *several, each["vendor"] or ""])

    (tmp_path / "other").mkdir()
    other = Rehearsal(tmp_path / "other", monkeypatch)
    other("vendors", "add", "EPJ AS", now=JOINED)
    assert (
        "everything but not service:preg at 30d 7d (epj-as)"
        in other("subscribers", "import", str(file)).words
    )
    assert other("subscribers", "import", str(file), "--yes", now=JOINED).code == 0
    assert other("subscribers", "list", "--json").json == before


def test_twice_is_once(place: Rehearsal, file: Path) -> None:
    once = place("subscribers", "import", str(file), "--yes", now=JOINED).words
    assert once.startswith("Imported 2 rows: 2 new")
    again = place("subscribers", "import", str(file), "--yes", now=LATER).words
    assert again.startswith("Nobody is imported, nothing was changed: 2 subscribed already")


def test_an_old_file_brings_nobody_back_who_left_unless_told_to(place: Rehearsal, file: Path) -> None:
    place("subscribers", "import", str(file), "--yes", now=JOINED)
    place("subscribers", "remove", "kari@epj.no", now=LATER)
    for options, beginning in (((), "2 rows to import:"), (("--yes",), "Nobody is imported")):
        said = place("subscribers", "import", str(file), *options, now=LATER).words
        assert said.startswith(beginning)
        assert "1 left, and are passed by" in said
        assert "kari@epj.no left Wed 2026-11-25 08:05" in said
    assert place("subscribers", "show", "kari@epj.no", "--json").json["state"] == "left"

    done = place("subscribers", "import", str(file), "--yes", "--again", now=LATER).words
    assert done.startswith("Imported 1 of 2 rows:")
    assert place("subscribers", "show", "kari@epj.no", "--json").json["state"] == "active"


def test_one_bad_row_keeps_everybody_out_and_every_problem_is_told(place: Rehearsal, file: Path) -> None:
    file.write_text("address,follow,vendor\nkari@epj.no,,\nola,change:x,nix\n", encoding="utf-8")
    called = place("subscribers", "import", str(file), "--yes", now=JOINED)
    assert called.code == 1
    assert called.err.startswith("Nothing was imported; mend the file:\n• line 3: “ola” is not")
    assert "• line 3: the list has no change “x”; it has: testdata\n" in called.err
    assert "• line 3: there is no vendor “nix”" in called.err
    assert listed(place) == []


def test_a_file_that_is_not_there_is_wrong_usage(place: Rehearsal) -> None:
    called = place("subscribers", "import", "nobody.csv")
    assert (called.code, called.err.strip()) == (
        2,
        "The file nobody.csv cannot be read: no such file or directory",
    )


def test_vendors_are_imported_and_brought_up_to_date(place: Rehearsal, file: Path) -> None:
    place("vendors", "add", "EPJ", "--id", "epj", now=JOINED)
    file.write_text("id,name,domains\nepj,EPJ AS,epj.no epj.example\nris,RIS AS,\n", encoding="utf-8")
    shown = place("vendors", "import", str(file))
    assert "1 new: ris" in shown.words
    assert "1 get another name, domains or clients: epj" in shown.words
    assert [each["name"] for each in place("vendors", "list", "--json").json] == ["EPJ"]

    assert (
        "Imported 2 vendors, 1 of them new."
        in place("vendors", "import", str(file), "--yes", now=LATER).words
    )
    assert place("vendors", "list", "--json").json == [
        {"id": "epj", "name": "EPJ AS", "domains": ["epj.no", "epj.example"], "clients": []},
        {"id": "ris", "name": "RIS AS", "domains": [], "clients": []},
    ]
    assert "2 are the same already" in place("vendors", "import", str(file)).words


def test_every_wrong_vendor_is_told_and_none_is_imported(place: Rehearsal, file: Path) -> None:
    file.write_text("id,name,domains\nepj,EPJ,\nRIS,,\nepj,Again,\nx,X,no_domain x.no\n", encoding="utf-8")
    called = place("vendors", "import", str(file), "--yes", now=JOINED)
    assert called.code == 1
    for said, beginning in zip(
        called.err.splitlines()[1:],
        [
            "• line 3: “RIS” is not a vendor's id",
            "• line 3: the vendor “RIS” needs a name",
            "• line 4: epj is on line 2 already",
            "• line 5: “no_domain” is not a mail domain",
        ],
        strict=True,
    ):
        assert said.startswith(beginning)
    assert place("vendors", "list", "--json").json == []
