"""Commands by mail: what is one, what is not, and which Topics it names."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import ChangeList
from notifier.core.command import Command, Wish, command_in
from notifier.core.subscription import EVERYTHING
from notifier.core.text import Language
from tests.sources.lists import REAL_FILE, parsed


@cache
def real_list() -> ChangeList:
    return parsed(REAL_FILE.read_text(encoding="utf-8"))


def command(*lines: str, subject: str = "", detail: str = "") -> Command | None:
    return command_in(detail=detail, subject=subject, lines=lines, changes=real_list())


def wish(*lines: str, **places: str) -> Wish | None:
    found = command(*lines, **places)
    return found and found.wish


LEAVING = (
    "stopp", "STOP", "Stopp!", "«stopp»", "avmeld", "Avmelding", "meld av", "Meld meg av, takk", "meld av meg",
    "Kan du melde meg av?", "kan de melde oss av", "Meld meg av frå varsla", "Jeg ønsker å melde meg av",
    "Vennligst avslutt abonnementet mitt", "unsubscribe", "Please unsubscribe me", "Unsubscribe us from this list",
    "remove me", "stop all",
)  # fmt: skip
SUBSCRIBING = (
    "abonner", "Abonner på alt", "abonnere", "meld på", "Meld meg på", "meld oss på HelseID", "meld pa",
    "påmelding", "PÅMELDING", "Påmeld meg", "subscribe", "Subscribe to HelseID", "sign me up", "teikn abonnement",
)  # fmt: skip
ASKING = (
    "status",
    "Hva følger jeg?",
    "Kva følgjer eg?",
    "hva kommer",
    "Kva kjem?",
    "What do I follow?",
    "What's coming?",
)
IN_NEED = ("hjelp", "HELP", "Hjelp meg!", "help me please", "kommandoar")
FOR_PEOPLE = (
    "Stopp ikke varslene, vi trenger dem", "Vi vil ikke melde oss av", "Når stopper FTPS?", "Help us understand PAR",
    "Hva følger av at PREG utgår?", "Statusmøte onsdag", "Vi abonnerer allerede på dette, men får ikke kalenderen",
    "stopp kaffeautomaten", "Ja", "Takk!", "7", "unsubscribe is what our users ask about",
    "Stopp alle varsler, ikke bare HelseID", "stopp alt unntatt HelseID", "Stopp alt og HelseID",
    "stop all but HelseID", "Abonner ikke på HelseID", "Stopp HelseID, ikke alle",
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        *((line, Wish.LEAVE) for line in LEAVING),
        *((line, Wish.SUBSCRIBE) for line in SUBSCRIBING),
        *((line, Wish.STATUS) for line in ASKING),
        *((line, Wish.HELP) for line in IN_NEED),
        *((line, None) for line in FOR_PEOPLE),
    ],
)
def test_a_line_means_the_same_in_the_text_and_in_the_subject(line: str, meant: Wish | None) -> None:
    assert wish(line) is meant
    assert wish(subject=line) is meant
    assert wish(subject=f"Sv: Re: {line}") is meant


@pytest.mark.parametrize(
    ("detail", "meant"),
    [
        ("stopp", Wish.LEAVE),
        ("meld-av", Wish.LEAVE),
        ("abonner", Wish.SUBSCRIBE),
        ("hjelp", Wish.HELP),
        ("kari", None),
    ],
)
def test_a_detail_of_the_address_is_a_command(detail: str, meant: Wish | None) -> None:
    assert wish(detail=detail) is meant


def test_greetings_and_courtesy_stand_in_nobodys_way() -> None:
    assert command("Hei Varsler!", "Stopp", "Tusen takk") == Command(wish=Wish.LEAVE)


@pytest.mark.parametrize(
    ("lines", "topics"),
    [
        (("abonner på HelseID og Kritisk informasjon",), ["service:helseid", "service:kritisk-informasjon"]),
        (("abonner", "PREG", "ftps,  fjernhjelp"), ["service:fjernhjelp", "service:ftps", "service:preg"]),
        (
            ("abonner kjernejournal-portal-gammel-innlogging",),
            ["change:kjernejournal-portal-gammel-innlogging"],
        ),
        (("abonner på alle varsler",), ["everything"]),
        (("stopp FTPS",), ["service:ftps"]),
        (("Stopp varsler om HelseID",), ["service:helseid"]),
        (("Avslutt varslene om PREG og FTPS, takk",), ["service:ftps", "service:preg"]),
        (("Meld meg av alle varsel frå tenesta FTPS",), ["service:ftps"]),
        (("unsubscribe from all about Fjernhjelp",), ["service:fjernhjelp"]),
        (("stopp bare HelseID",), ["service:helseid"]),
        (("Stopp varsler om", "HelseID"), ["service:helseid"]),
        (("Meld meg på varslene for HelseID",), ["service:helseid"]),
        (("abonner på alle varsler og HelseID",), ["everything"]),
        (("abonner", "HelseID", "og alle varsler om PREG"), ["service:helseid", "service:preg"]),
        (("stopp alle varsler",), ["everything"]),
        (("unsubscribe me from HelseID",), ["service:helseid"]),
        (("abonner",), []),
    ],
)
def test_services_and_changes_are_named_by_name_or_id(lines: tuple[str, ...], topics: list[str]) -> None:
    found = command(*lines)
    assert found is not None
    assert [str(topic) for topic in found.topics] == topics
    assert not found.says_more


@pytest.mark.parametrize("line", ["Abonner på alt unntatt HelseID", "Subscribe to everything but HelseID"])
def test_who_wants_all_but_one_gets_all_while_a_person_reads_which(line: str) -> None:
    found = command(line)
    assert found is not None
    assert (found.topics, found.says_more) == ((EVERYTHING,), True)


def test_what_the_address_says_in_general_the_text_may_narrow() -> None:
    assert command("Stopp varsler om FTPS", detail="stopp") == command("stopp FTPS")
    assert command("Stopp", "Stopp FTPS") == command("Stopp FTPS")
    assert command("Abonner på FTPS", detail="stopp") == Command(wish=Wish.LEAVE, says_more=True)


@pytest.mark.parametrize("line", ["Stopp", "Abonner", "Status", "Hjelp", "Stopp FTPS"])
def test_who_says_it_twice_says_nothing_more(line: str) -> None:
    assert command(line, line) == command(line)
    assert command(line, detail="-".join(line.lower().split())) == command(line)


def test_who_names_less_and_then_all_is_read_by_a_person() -> None:
    both = command("Stopp FTPS", "Stopp HelseID")
    assert both == command("Stopp FTPS og HelseID")
    less = command("Stopp FTPS")
    assert less is not None
    assert command("Stopp FTPS", "Stopp") == replace(less, says_more=True)


NAMES = {each.id: f"change:{each.id}" for each in real_list().changes} | {
    name: f"service:{each.id}" for each in real_list().services for name in (each.id, each.name)
}
FOR_ALL = ("alt", "alle", "everything", "all", "varsler", "varslar", "varslene", "varsla")


@given(
    st.sampled_from(
        ["stopp", "Meld meg av", "unsubscribe from", "abonner på", "Meld meg på", "subscribe to"]
    ),
    st.lists(st.sampled_from(FOR_ALL), max_size=3),
    st.sampled_from(["", "om", "for", "frå", "om tjenesten", "about"]),
    st.sampled_from(sorted(NAMES)),
    st.lists(st.sampled_from(FOR_ALL), max_size=2),
)
def test_whatever_word_for_all_stands_beside_a_name_only_that_is_meant(
    verb: str, before: list[str], about: str, name: str, after: list[str]
) -> None:
    found = command(" ".join([verb, *before, about, name, *after]))
    assert found is not None
    assert [str(topic) for topic in found.topics] == [NAMES[name]]


def test_who_wants_less_than_we_know_of_is_not_taken_to_want_all() -> None:
    assert command("stopp foobar") is None


def test_a_question_beside_the_command_is_seen() -> None:
    found = command("Stopp", "Hvorfor får jeg dette?")
    assert found == Command(wish=Wish.LEAVE, says_more=True)


def test_help_with_a_letter_around_it_is_a_question_to_people() -> None:
    assert command("Innloggingen feiler etter byttet.", subject="Hjelp") is None


@pytest.mark.parametrize(
    ("line", "language"),
    [("meld meg på", Language.NB), ("kva kjem", Language.NN), ("subscribe", Language.EN), ("stopp", None)],
)
def test_the_language_shows(line: str, language: Language | None) -> None:
    found = command(line)
    assert found is not None
    assert found.language is language


@given(st.sampled_from([*LEAVING, *SUBSCRIBING]), st.sampled_from(["NFC", "NFD", "NFKD"]), st.booleans())
def test_capital_letters_and_ways_to_write_letters_change_nothing(line: str, form: str, loud: bool) -> None:
    spoken = unicodedata.normalize(form, line.upper() if loud else line)  # type: ignore[arg-type]
    assert command(spoken) == command(line)


@given(st.lists(st.text(max_size=300), max_size=50), st.text(max_size=300), st.text(max_size=40))
def test_no_words_are_too_much(lines: list[str], subject: str, detail: str) -> None:
    command(*lines, subject=subject, detail=detail)
