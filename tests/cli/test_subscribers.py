"""`subscribers`: add, list, show, remove, export."""

from __future__ import annotations

import pytest

from notifier.core.pseudonym import Pseudonyms
from notifier.settings.keys import signing_keys
from notifier.store import suppressions
from notifier.store.engine import reading, writing
from tests.cli.rehearsal import FIRST_TICK, JOINED, KARI, Rehearsal, added, oslo

LATER = oslo(2026, 11, 25)


def test_who_is_added_is_told_where_they_stand_at_the_next_tick(place: Rehearsal) -> None:
    called = place("subscribers", "add", KARI, "--language", "en", now=JOINED)
    assert (called.code, called.words.partition(".")[0]) == (0, "kari@epj")
    assert "kari@epj.example.no is added." in called.words

    place("tick", now=JOINED)
    (standing,) = place.mails()
    assert (standing["To"], standing["Content-Language"]) == (KARI, "en")


def test_an_operators_word_lifts_what_was_denied(place: Rehearsal) -> None:
    pseudonyms = Pseudonyms(signing_keys(place.folder / "var"))
    added(place, address="per@epj.example.no")
    with place.opened() as engine, writing(engine) as connection:
        for address in (KARI, "ola@epj.example.no"):
            suppressions.suppress(connection, address, pseudonyms=pseudonyms, now=JOINED)
    said = [place("subscribers", "add", KARI, now=JOINED).words for _ in range(2)]
    assert ["I did not ask for this" in words for words in said] == [True, False]
    with place.opened() as engine, reading(engine) as connection:
        assert not suppressions.is_suppressed(connection, KARI, pseudonyms=pseudonyms)
        assert suppressions.is_suppressed(connection, "ola@epj.example.no", pseudonyms=pseudonyms)


@pytest.mark.parametrize("called", ["77", "p-0123456789ab"])
def test_a_number_or_pseudonym_of_nobody_is_not_taken_for_an_address(place: Rehearsal, called: str) -> None:
    shown = added(place)("subscribers", "show", called)
    assert (shown.code, f"obody is known as {called}" in shown.err) == (2, True)


def test_everything_chosen_is_kept_and_shown(place: Rehearsal) -> None:
    place("vendors", "add", "EPJ AS", now=FIRST_TICK)
    added(place, "--follow", "service:preg", "--follow", "change:testdata", "--lead", "7d", "--lead", "30d",
          "--vendor", "epj-as", "--basis", "avtale 17")  # fmt: skip
    shown = place("subscribers", "show", KARI.upper(), "--json").json
    assert shown == {
        "address": KARI,
        "state": "active",
        "language": "nb",
        "follows": ["change:testdata", "service:preg"],
        "excluded": [],
        "leads": ["30d", "7d"],
        "vendor": "epj-as",
        "joined_at": "2026-11-24T07:05:00Z",
        "basis": "avtale 17",
        "ended_at": None,
        "ended_why": None,
        "in_log": shown["in_log"],
        "next": None,
    }


def test_the_consents_basis_is_the_operators_word_when_none_is_given(place: Rehearsal) -> None:
    basis = added(place)("subscribers", "show", KARI, "--json").json["basis"]
    assert basis.startswith("added by an operator (")


def test_once_a_list_is_in_force_the_next_reminder_is_shown(place: Rehearsal) -> None:
    place.begun()
    called = place("subscribers", "show", KARI)
    assert "Next Wed 2026-12-02 08:00, 30d ahead: PREG – test data" in called.words
    assert place("subscribers", "show", KARI, "--json").json["next"]["due"] == "2026-12-02T07:00:00Z"


def test_whoever_is_there_already_stays_as_they_are(place: Rehearsal) -> None:
    called = added(place)("subscribers", "add", KARI, "--language", "en", now=LATER)
    assert called.code == 0
    assert "is subscribed already; nothing was changed" in called.words
    assert place("subscribers", "show", KARI, "--json").json["language"] == "nb"


def test_somebody_suspended_is_not_added_again_behind_the_operators_back(place: Rehearsal) -> None:
    added(place)("subscribers", "set", KARI, "--suspend", "bounces", now=LATER)
    called = place("subscribers", "add", KARI, now=LATER)
    assert called.code == 1
    assert f"notifier subscribers set {KARI} --resume" in called.words


def test_who_is_added_may_leave_something_out(place: Rehearsal) -> None:
    added(place, "--exclude", "change:testdata", "--exclude", "service:preg")
    shown = place("subscribers", "show", KARI, "--json").json
    assert shown["follows"] == ["everything"]
    assert shown["excluded"] == ["change:testdata", "service:preg"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["kari@epj"], "“kari@epj” is not an e-mail address"),
        ([KARI, "--follow", "service:pregg"], "The list has no service “pregg”; it has: preg"),
        ([KARI, "--follow", "change:x"], "The list has no change “x”; it has: testdata"),
        ([KARI, "--follow", "preg"], "“preg” cannot be followed; write everything, service:ID or change:ID"),
        ([KARI, "--lead", "14"], "“14” is not a lead time; write days as 14d"),
        ([KARI, "--language", "sv"], "'sv' is not one of 'nb', 'nn', 'en'"),
        ([KARI, "--vendor", "epj"], "There is no vendor “epj”; there is none at all yet"),
    ],
)
def test_what_does_not_exist_is_exit_2_and_adds_nobody(
    place: Rehearsal, options: list[str], sentence: str
) -> None:
    called = place("subscribers", "add", *options, now=JOINED)
    assert called.code == 2
    assert sentence in called.err
    assert place("subscribers", "list", "--json").json == []


def test_before_any_list_is_in_force_a_broken_file_stops_only_who_follows_part_of_it(
    place: Rehearsal,
) -> None:
    place.list.write_text("revision = ", encoding="utf-8")
    assert place("subscribers", "add", KARI, "--follow", "service:preg", now=JOINED).code == 1
    assert place("subscribers", "add", KARI, now=JOINED).code == 0


def test_list_can_be_narrowed_to_a_state_or_a_vendor(place: Rehearsal) -> None:
    place("vendors", "add", "EPJ AS", now=FIRST_TICK)
    added(place, "--vendor", "epj-as")
    added(place, address="ola@ris.example.no")
    place("subscribers", "remove", KARI, now=LATER)

    def listed(*options: str) -> list[str]:
        return [each["address"] for each in place("subscribers", "list", "--json", *options).json]

    assert listed() == [KARI, "ola@ris.example.no"]
    assert listed("--state", "left") == [KARI]
    assert listed("--state", "active", "--state", "suspended") == ["ola@ris.example.no"]
    assert listed("--vendor", "epj-as") == [KARI]
    assert "ola@ris.example.no active nb everything" in place("subscribers", "list").words
    assert place("subscribers", "list", "--vendor", "nix").code == 2


def test_who_is_removed_is_sent_nothing_and_may_come_back(place: Rehearsal) -> None:
    place.begun()
    assert "nothing more is sent" in place("subscribers", "remove", KARI, now=LATER).words
    assert "had left already" in place("subscribers", "remove", KARI, now=LATER).words
    place("tick", now=oslo(2026, 12, 2))
    assert len(place.mails()) == 1

    assert place("subscribers", "set", KARI, "--language", "nn", now=LATER).code == 2
    refused = place("subscribers", "add", KARI, now=oslo(2026, 12, 3))
    assert refused.code == 2
    assert f"{KARI} left Wed 2026-11-25 08:05, and can subscribe again themselves" in refused.err
    assert "had left and is back" in place("subscribers", "add", KARI, "--again", now=oslo(2026, 12, 3)).words
    place("tick", now=oslo(2026, 12, 3))
    assert len(place.mails()) == 2


def test_who_is_brought_back_has_what_they_had_but_for_what_is_given(place: Rehearsal) -> None:
    assert place("vendors", "add", "Acme", "--id", "acme", now=JOINED).code == 0
    chosen = ("--language", "nn", "--follow", "service:preg", "--exclude", "change:testdata", "--lead", "14d")
    added(place, *chosen, "--vendor", "acme")

    def comes_back(*options: str) -> dict[str, object]:
        place("subscribers", "remove", KARI, now=LATER)
        assert place("subscribers", "add", KARI, "--again", *options, now=oslo(2026, 12, 3)).code == 0
        shown = place("subscribers", "show", KARI, "--json").json
        return {name: shown[name] for name in ("language", "follows", "excluded", "leads", "vendor")}

    had = {
        "language": "nn",
        "follows": ["service:preg"],
        "excluded": ["change:testdata"],
        "leads": ["14d"],
        "vendor": "acme",
    }
    assert comes_back() == had
    assert comes_back("--lead", "7d", "--language", "en") == had | {"language": "en", "leads": ["7d"]}
    other = comes_back("--follow", "everything")
    assert (other["follows"], other["excluded"], other["vendor"]) == (["everything"], [], "acme")


def test_export_prints_everything_that_is_stored_about_a_person(place: Rehearsal) -> None:
    exported = place.begun()("subscribers", "export", KARI).json
    assert exported["subscriber"][0]["address"] == KARI
    assert exported["subscriptions"][0]["scope"] == "everything"
    assert [notice["kind"] for notice in exported["notices"]] == ["standing"]
    assert (exported["messages"][0]["state"], len(exported["attempts"])) == ("sent", 1)


def test_an_address_that_is_not_there_is_answered_with_the_nearest(place: Rehearsal) -> None:
    added(place)
    for command in ("show", "remove", "erase", "export"):
        called = place("subscribers", command, "kar@epj.example.no")
        assert called.code == 2
        assert f"There is no subscriber kar@epj.example.no; did you mean {KARI}?" in called.err
