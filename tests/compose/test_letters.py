"""Letters: what each says and leads to, and that nothing a stranger typed stands in one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from jinja2 import ChoiceLoader, FunctionLoader

from notifier.compose.letterhead import Letterhead
from notifier.compose.messages import Mail
from notifier.compose.preview import compose_sample
from notifier.compose.rehearsal import every_letter
from notifier.compose.samples import Sample, letter_sample
from notifier.compose.templates import Templates
from notifier.compose.voice import Voice
from notifier.core.letter import LetterKind
from notifier.core.subscription import SubscriberState, Subscription, parse_topic
from notifier.core.text import Language
from notifier.shipped import shipped
from tests.compose.mails import (
    LETTERHEAD,
    LINKS,
    html_of,
    listed,
    old_login,
    one_line,
    parsed,
    shipped_templates,
    text_of,
)
from tests.core.lists import TIMING, oslo

NOW = oslo("2026-11-24", "13:05")


@cache
def letter(kind: LetterKind, language: Language = Language.NB) -> Mail:
    made = letter_sample(changes=listed(old_login()), kind=kind, language=language, now=NOW)
    return written(made)


def written(made: Sample, templates: Templates | None = None, letterhead: Letterhead = LETTERHEAD) -> Mail:
    to = replace(made, subscriber=replace(made.subscriber, address="ny@leverandor.example"))
    voice = Voice(
        timing=TIMING, letterhead=letterhead, templates=templates or shipped_templates(), links=LINKS
    )
    return compose_sample(to, voice)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", Language)
def test_each_letter_says_the_same_as_text_and_as_html(kind: LetterKind, language: Language) -> None:
    mail = letter(kind, language)
    text = " ".join(text_of(mail).split())
    assert mail.recipient == "ny@leverandor.example"
    assert parsed(mail)["Content-Language"] == language
    for link in ("confirm", "deny", "undo", "access", "new-address", "choose", "leave"):
        assert (f"/{link}/" in text) is (f"/{link}/" in html_of(mail))


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        (LetterKind.CONFIRMATION, {"confirm", "deny"}),
        (LetterKind.ALREADY, {"choose", "leave"}),
        (LetterKind.GOODBYE, {"undo"}),
        (LetterKind.ACCESS, {"access"}),
        (LetterKind.NEW_ADDRESS, {"new-address", "deny"}),
        (LetterKind.ADDRESS_CHANGED, set()),
        (LetterKind.STATUS, {"choose", "leave", "calendar/private"}),
        (LetterKind.HELP, set()),
    ],
)
def test_a_letter_leads_where_its_reader_may_go_and_nowhere_else(kind: LetterKind, links: set[str]) -> None:
    every = {"confirm", "deny", "choose", "leave", "undo", "access", "new-address", "calendar/private"}
    assert {link for link in every if f"/{link}/" in text_of(letter(kind))} == links


WORDS = "email/letter-words.txt.j2"


def words_without(part: str) -> Templates:
    """The templates, with no words for one part of the Letters."""
    environment = shipped_templates().environment(Language.NN)
    source = shipped("templates", WORDS).read_text(encoding="utf-8")
    altered = source.replace(f'part == "{part}"', 'part == "no such part"')

    def load(name: str) -> tuple[str, str, None] | None:
        return (altered, f"without {part}", None) if name == WORDS else None

    assert environment.loader is not None
    loader = ChoiceLoader([FunctionLoader(load), environment.loader])
    return Templates(environments={Language.NN: environment.overlay(loader=loader)})


def is_noticed(made: Sample, templates: Templates, part: str) -> bool:
    """Whether it is not composed for want of that part."""
    try:
        written(made, templates)
    except LookupError as error:
        return f"the part {part} " in str(error)
    return False


def test_no_part_of_a_letter_can_vanish_unnoticed() -> None:
    parts = re.findall(r'part == "(\w+)"', shipped("templates", WORDS).read_text(encoding="utf-8"))
    assert len(parts) == len(set(parts)) > 30
    every = list(every_letter(changes=listed(old_login()), language=Language.NN, now=NOW))
    lacking = {part: words_without(part) for part in parts}
    assert [part for part in parts if not any(is_noticed(made, lacking[part], part) for made in every)] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("contact", ["varsel@helsenett.example", ""])
def test_every_letter_is_whole_also_where_there_is_nobody_to_write_to(
    language: Language, contact: str
) -> None:
    for made in every_letter(changes=listed(old_login()), language=language, now=NOW):
        text = text_of(written(made, letterhead=replace(LETTERHEAD, contact=contact)))
        assert ("varsel@helsenett.example" in text) is bool(contact)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.NB, "Heretter sender vi varslene til en annen adresse"),
        (Language.NN, "Heretter sender vi varsla til ei anna adresse"),
        (Language.EN, "From now on we write to another address"),
    ],
)
def test_who_moved_away_is_told_so_at_the_old_address(language: Language, words: str) -> None:
    mail = letter(LetterKind.ADDRESS_CHANGED, language)
    assert words in " ".join(text_of(mail).split())
    assert words in html_of(mail)


def test_a_status_that_tells_of_less_offers_what_was_followed_before() -> None:
    made = letter_sample(changes=listed(old_login()), kind=LetterKind.STATUS, language=Language.NB, now=NOW)
    dropped = tuple(map(parse_topic, ("service:helseid", "change:ftps")))
    told = replace(made, message=replace(made.message, dropped=dropped))
    rest = Subscription(topic=parse_topic("service:kjernejournal"), since=NOW)
    mail = written(replace(told, subscriber=replace(made.subscriber, subscriptions=(rest,))))
    again = f"{LINKS.choose(made.subscriber.addressee)}?again=service:helseid&again=change:ftps&lang=nb"
    assert again == f"{LINKS.follow_again(made.subscriber.addressee, dropped)}&lang=nb"
    assert again in text_of(mail)
    assert "again=" not in text_of(letter(LetterKind.STATUS))
    assert "again=" not in text_of(written(told)), "all of it is followed again"


@pytest.mark.parametrize("kind", [LetterKind.STATUS, LetterKind.ALREADY])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.NB, "Du har tatt pause og får ingen varsler før 11. januar 2027."),
        (Language.NN, "Du har teke pause og får ingen varsel før 11. januar 2027."),
        (Language.EN, "You have paused, and get no reminders or news before 11 January 2027."),
    ],
)
def test_who_has_paused_is_reminded_of_that_while_it_lasts(
    kind: LetterKind, language: Language, words: str
) -> None:
    made = letter_sample(changes=listed(old_login()), kind=kind, language=language, now=NOW)
    paused = replace(made.subscriber, paused_until=oslo("2027-01-11"))
    assert words in one_line(text_of(written(replace(made, subscriber=paused))))
    over = replace(made.subscriber, paused_until=NOW)
    assert text_of(written(replace(made, subscriber=over))) == text_of(letter(kind, language))


def test_who_does_not_subscribe_can_say_that_they_did_not_ask_for_help() -> None:
    made = letter_sample(changes=listed(old_login()), kind=LetterKind.HELP, language=Language.NB, now=NOW)
    mail = written(replace(made, subscriber=replace(made.subscriber, state=SubscriberState.PENDING)))
    assert "Var det ikke du som skrev til oss?" in text_of(mail)
    assert LINKS.deny_help(made.subscriber.addressee) in text_of(mail)


def test_only_mail_to_subscribers_can_be_unsubscribed_from() -> None:
    can_leave = {kind for kind in LetterKind if parsed(letter(kind))["List-Unsubscribe"]}
    assert can_leave == {
        LetterKind.ALREADY,
        LetterKind.STATUS,
        LetterKind.LEAVING,
        LetterKind.ASK_AGAIN,
        LetterKind.ANSWERED,
    }


def test_answers_say_that_they_are() -> None:
    answers = {kind for kind in LetterKind if parsed(letter(kind))["Auto-Submitted"] == "auto-replied"}
    assert answers == {LetterKind.STATUS, LetterKind.HELP, LetterKind.LEAVING, LetterKind.ASK_AGAIN}


def test_an_access_link_names_the_local_hour_at_which_it_ends() -> None:
    assert "til klokka 14:05" in " ".join(text_of(letter(LetterKind.ACCESS)).split())


def test_a_goodbye_names_the_last_day_of_undoing() -> None:
    assert "Fram til 24. desember 2026 kan du angre" in " ".join(text_of(letter(LetterKind.GOODBYE)).split())


def test_a_confirmation_is_in_the_language_of_the_wish() -> None:
    made = letter_sample(
        changes=listed(old_login()), kind=LetterKind.CONFIRMATION, language=Language.NB, now=NOW
    )
    assert made.ask is not None
    mail = written(replace(made, ask=replace(made.ask, language=Language.EN)))
    assert "Yes, I want this mail" in text_of(mail)


@pytest.mark.parametrize("kind", [LetterKind.CONFIRMATION, LetterKind.NEW_ADDRESS])
def test_what_is_not_asked_any_more_is_not_composed(kind: LetterKind) -> None:
    made = letter_sample(changes=listed(old_login()), kind=kind, language=Language.NB, now=NOW)
    with pytest.raises(ValueError, match="not asked any more"):
        written(replace(made, ask=None))
