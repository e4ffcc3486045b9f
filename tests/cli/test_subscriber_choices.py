"""`subscribers set`: what is changed of what somebody chose, and what stays."""

from __future__ import annotations

import pytest

from tests.cli.rehearsal import KARI, Rehearsal, added, oslo

LATER = oslo(2026, 11, 25)


def test_what_is_excluded_is_shown_and_explained_until_they_follow_anew(place: Rehearsal) -> None:
    place.begun()
    called = place("subscribers", "set", KARI, "--exclude", "change:testdata", now=LATER)
    assert called.code == 0
    assert "Follows everything but not change:testdata" in place("subscribers", "show", KARI).words
    why = place("why", KARI, "testdata").words
    assert "follows everything but not change:testdata" in why
    assert "not told: the subscriber has left it out" in why
    place("subscribers", "set", KARI, "--follow", "everything", now=LATER)
    assert place("subscribers", "show", KARI, "--json").json["excluded"] == []
    chosen = ("--follow", "change:testdata", "--exclude", "service:preg")
    for asked in (("set", KARI), ("add", "ola@epj.example.no")):
        refused = place("subscribers", *asked, *chosen, now=LATER)
        assert (refused.code, "no part of what they follow" in refused.err) == (2, True)


def test_resuming_and_suspending_say_when_there_was_nothing_to_do(place: Rehearsal) -> None:
    added(place)
    said = [
        place("subscribers", "set", KARI, *options, now=LATER).words
        for options in (
            ["--resume"],
            ["--suspend", "bounces"],
            ["--suspend", "bounces"],
            ["--resume", "--language", "en"],
            ["--resume", "--language", "en"],
        )
    ]
    assert ["was not suspended" in words for words in said] == [True, False, False, False, True]
    assert ["was suspended already" in words for words in said] == [False, False, True, False, False]
    assert ["is changed" in words for words in said] == [False, True, False, True, True]


def test_set_changes_what_is_named_and_nothing_else(place: Rehearsal) -> None:
    added(place, "--follow", "service:preg", "--lead", "30d")
    assert place("subscribers", "set", KARI, "--language", "nn", now=LATER).code == 0
    shown = place("subscribers", "show", KARI, "--json").json
    assert (shown["language"], shown["follows"], shown["leads"]) == ("nn", ["service:preg"], ["30d"])

    place("subscribers", "set", KARI, "--follow", "everything", "--default-leads", now=LATER)
    shown = place("subscribers", "show", KARI, "--json").json
    assert (shown["language"], shown["follows"], shown["leads"]) == ("nn", ["everything"], None)


def test_a_suspended_subscriber_is_sent_nothing_until_resumed(place: Rehearsal) -> None:
    place.begun()
    place("subscribers", "set", KARI, "--suspend", "bounces", now=LATER)
    place("tick", now=oslo(2026, 12, 2))
    assert len(place.mails()) == 1
    assert "bounces" in place("subscribers", "show", KARI).words

    place("subscribers", "set", KARI, "--resume", now=oslo(2026, 12, 3))
    place("tick", now=oslo(2026, 12, 18))
    assert len(place.mails()) == 2


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--lead", "7d", "--default-leads"],
        ["--vendor", "epj", "--no-vendor"],
        ["--suspend", "why", "--resume"],
        ["--vendor", "nobody"],
        ["--follow", "service:nix"],
    ],
)
def test_set_refuses_what_makes_no_sense(place: Rehearsal, options: list[str]) -> None:
    assert added(place)("subscribers", "set", KARI, *options, now=LATER).code == 2
