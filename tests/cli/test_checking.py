"""`check`: what an editor, a pull request and an operator see before anybody is mailed."""

from __future__ import annotations

import pytest

from notifier.feeds import limits
from tests.cli.rehearsal import Called, Rehearsal, oslo
from tests.sources.lists import small

LATER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2027-02-01"))
EARLIER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))
TICKED = oslo(2026, 11, 25)
FORGOTTEN = (("when = 2027-01-01", "when = 2027-02-01"),)


@pytest.fixture
def old(place: Rehearsal) -> str:
    """The list before the pull request."""
    (place.folder / "old.toml").write_text(small(), encoding="utf-8")
    return "old.toml"


def check(place: Rehearsal, text: str, *options: str) -> Called:
    """Check this text as the new list."""
    (place.folder / "new.toml").write_text(text, encoding="utf-8")
    return place("check", "new.toml", *options)


def test_a_pull_request_shows_its_differences(place: Rehearsal, old: str) -> None:
    called = check(place, small(*LATER), "--against", old)
    assert called.code == 0
    assert "moved testdata/test 2027-01-01 → 2027-02-01" in called.words
    assert "would take force by itself" in called.words


def test_comparing_files_touches_no_database_and_no_folder(place: Rehearsal, old: str) -> None:
    place.set("NOTIFIER_DATABASE__URL", "postgresql://nobody@127.0.0.1:9/none")
    assert check(place, small(*LATER), "--against", old).code == 0
    assert not (place.folder / "var").exists()


@pytest.mark.parametrize(
    ("swaps", "finding"),
    [(FORGOTTEN, "edited without a new revision"), (EARLIER, "held"), ((), "unchanged"), (LATER, "in force")],
)
def test_it_fails_on_a_forgotten_revision_and_on_what_would_be_held(
    place: Rehearsal, old: str, swaps: tuple[tuple[str, str], ...], finding: str
) -> None:
    called = check(place, small(*swaps), "--against", old, "--json")
    assert called.json["finding"] == finding
    assert called.code == (1 if finding.startswith(("edited", "held")) else 0)


def test_a_calendar_that_programs_would_drop_is_told_and_fails_nothing(
    place: Rehearsal, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(place, small(), "--against", old, "--json").json["warnings"] == []
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    called = check(place, small(), "--against", old)
    assert (called.code, "Beware: the calendar with everything has 3 events" in called.words) == (0, True)
    (warning,) = check(place, small(), "--against", old, "--json").json["warnings"]
    assert "3 events" in warning


def test_the_guards_reasons_are_named(place: Rehearsal, old: str) -> None:
    called = check(place, small(*EARLIER), "--against", old)
    assert "testdata/test moves earlier, 2027-01-01 → 2026-12-20" in called.words
    assert [
        each["rule"] for each in check(place, small(*EARLIER), "--against", old, "--json").json["objections"]
    ]


def test_an_invalid_list_is_exit_1_with_every_problem(place: Rehearsal, old: str) -> None:
    broken = small(('kind = "test"', 'kind = "tset"'), ("when = 2027-01-01", "when = 2027-02-30"))
    called = check(
        place, small(('kind = "test"', 'kind = "tset"'), ('nb = "Bytt."', 'nb = ""')), "--against", old
    )
    assert (called.code, called.err.count("\n• ")) == (1, 2)
    assert check(place, broken, "--json").json["valid"] is False


def test_without_a_database_it_only_validates_and_makes_none(place: Rehearsal) -> None:
    called = place("check")
    assert called.code == 0
    assert "revision 1, 1 change, 2 deadlines" in called.words
    assert not (place.folder / "var").exists()


def test_against_the_list_in_force_it_counts_whom_each_difference_would_mail(place: Rehearsal) -> None:
    place.begun()
    called = check(place, small(*LATER), "--json")
    assert called.code == 0
    assert [(each["kind"], each["people"]) for each in called.json["differences"]] == [("moved", 1)]
    assert "mails 1 person" in check(place, small(*LATER)).words


def test_more_people_than_the_guard_allows_would_be_held(place: Rehearsal) -> None:
    place.begun()
    place.set("NOTIFIER_GUARD__MAX_PEOPLE", "0")
    called = check(place, small(*LATER))
    assert (called.code, "it would mail 1 person, more than 0 at once" in called.words) == (1, True)


def test_what_was_held_or_rejected_stays_so(place: Rehearsal) -> None:
    place.begun()
    place.set("NOTIFIER_GUARD__MAX_PEOPLE", "0")
    place.list.write_text(small(*LATER), encoding="utf-8")
    place("tick", now=TICKED)
    place.set("NOTIFIER_GUARD__MAX_PEOPLE", "9")
    called = check(place, small(*LATER), "--json")
    assert (called.code, called.json["finding"]) == (1, "held")
    assert place("reject", called.json["hash"]).code == 0
    called = check(place, small(*LATER))
    assert (called.code, "was rejected, and stays so" in called.words) == (1, True)
    assert "notifier approve" not in called.words


def test_a_date_that_moves_under_its_former_words_is_told_and_fails_nothing(
    place: Rehearsal, old: str
) -> None:
    called = check(place, small(*LATER), "--against", old)
    assert called.code == 0
    assert (
        "Beware: testdata/test has another date, but its stated words are still “fra 1.1.2027”"
        in called.words
    )
    (warning,) = check(place, small(*LATER), "--against", old, "--json").json["warnings"]
    assert warning.startswith("testdata/test has another date")
    reworded = check(place, small(*LATER, ("fra 1.1.2027", "fra 1.2.2027")), "--against", old, "--json")
    assert reworded.json["warnings"] == []


@pytest.mark.parametrize("arguments", [["gone.toml"], ["list.toml", "--against", "gone.toml"], ["."]])
def test_a_file_that_is_not_there_is_exit_2(place: Rehearsal, arguments: list[str]) -> None:
    called = place("check", *arguments)
    assert called.code == 2
    assert f"file '{arguments[-1]}'" in called.err


def test_wrong_settings_are_exit_78(place: Rehearsal) -> None:
    place.set("NOTIFIER_REMINDERS__AT", "half past")
    assert place("check").code == 78
