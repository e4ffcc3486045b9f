"""`preview`: mails as the list's file words them, before anybody gets one."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import pytest

from tests.cli.rehearsal import Rehearsal, oslo
from tests.sources.lists import REAL_FILE, small

NOW = oslo(2026, 11, 23)


def test_a_reminder_is_worded_as_on_its_day(place: Rehearsal) -> None:
    called = place("preview", "testdata", "--lead", "7d", now=NOW)
    assert called.code == 0
    assert called.out.startswith("Subject: 9 dager igjen: PREG – testdata")
    assert "Går bort." in called.out


def test_every_kind_language_and_form_can_be_had(place: Rehearsal) -> None:
    page = place(
        "preview", "testdata", "--kind", "moved", "--language", "en", "--format", "html", now=NOW
    ).out
    assert '<html lang="en"' in page
    assert "Goes away." in page
    raw = place(
        "preview", "testdata", "--kind", "withdrawn", "--language", "nn", "--format", "eml", now=NOW
    ).out
    mail = email.message_from_string(raw, policy=email.policy.default)
    assert (mail["Content-Language"], mail["To"]) == ("nn", "kontakt@leverandor.example")


def test_without_a_kind_it_is_the_next_reminder_or_else_the_announcement(place: Rehearsal) -> None:
    assert "dager igjen" in place("preview", "testdata", now=NOW).out.splitlines()[0]
    undated = (("when = 2027-01-01", 'when = "tba"'), ('when = "2027-Q2"', 'when = "tba"'))
    place.list.write_text(small(*undated), encoding="utf-8")
    assert "Nytt varsel" in place("preview", "testdata", now=NOW).out.splitlines()[0]


def test_it_shows_the_file_and_makes_no_database(place: Rehearsal) -> None:
    place.list.write_text(small(("Går bort.", "Forsvinner helt.")), encoding="utf-8")
    assert "Forsvinner helt." in place("preview", "testdata", now=NOW).out
    assert not (place.folder / "var").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["testdat"], "There is no change “testdat”; did you mean testdata?"),
        (["testdata", "--lead", "13d"], "has no reminder 13d ahead; it has: 180d, 90d"),
        (["testdata", "--lead", "soon"], "“soon” is not a lead time"),
        (["testdata", "--kind", "moved", "--lead", "7d"], "--lead belongs to reminders"),
        (["testdata", "--kind", "news"], "'news' is not one of 'standing'"),
        (["testdata", "--all", "x"], "--all writes every change"),
        ([], "Name a change, or write all mails with --all DIR"),
    ],
)
def test_what_does_not_exist_is_exit_2(place: Rehearsal, arguments: list[str], sentence: str) -> None:
    called = place("preview", *arguments, now=NOW)
    assert called.code == 2
    assert sentence in called.err


def test_a_list_that_must_be_refused_is_exit_1_with_its_problems(place: Rehearsal) -> None:
    place.list.write_text(small(('kind = "test"', 'kind = "tset"')), encoding="utf-8")
    called = place("preview", "testdata", now=NOW)
    assert called.code == 1
    assert 'deadline "test": kind: must be' in called.err


def test_all_mails_of_the_real_list_can_be_browsed(place: Rehearsal, tmp_path: Path) -> None:
    place.set("NOTIFIER_LIST__PATH", str(REAL_FILE))
    folder = tmp_path / "mails to approve"
    assert place("preview", "--all", str(folder), now=NOW).code == 0

    page = (folder / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="(mails/[^"]+)"', page)
    there = {f"mails/{file.name}" for file in (folder / "mails").iterdir()}
    assert set(linked) == there
    assert len(linked) == len(there) > 500
    for kind in (
        "standing",
        "announced",
        "reminder",
        "dated",
        "confirmed",
        "moved",
        "withdrawn",
        "completed",
    ):
        for language in ("nb", "nn", "en"):
            assert any(f".{kind}." in f".{name[6:]}" and f".{language}." in name for name in there), kind
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


def test_a_folder_is_written_anew_but_never_over_other_files(place: Rehearsal, tmp_path: Path) -> None:
    folder = tmp_path / "preview"
    assert place("preview", "--all", str(folder), now=NOW).code == 0
    (folder / "mails" / "old.html").touch()
    assert place("preview", "--all", str(folder), now=NOW).code == 0
    assert not (folder / "mails" / "old.html").exists()

    called = place("preview", "--all", str(tmp_path), now=NOW)
    assert called.code == 2
    assert "holds other files" in called.err
