"""Letters: what each says and leads to, and that nothing a stranger typed stands in one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from notifier.compose.messages import Mail
from notifier.compose.preview import compose_sample
from notifier.compose.samples import Sample, letter_sample
from notifier.compose.voice import Voice
from notifier.core.letter import LetterKind
from notifier.core.subscription import SubscriberState, parse_topic
from notifier.core.text import Language
from tests.compose.mails import (
    LETTERHEAD,
    LINKS,
    html_of,
    listed,
    old_login,
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


def written(made: Sample) -> Mail:
    to = replace(made, subscriber=replace(made.subscriber, address="ny@leverandor.example"))
    voice = Voice(timing=TIMING, letterhead=LETTERHEAD, templates=shipped_templates(), links=LINKS)
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


def test_a_status_that_tells_of_less_offers_what_was_followed_before() -> None:
    made = letter_sample(changes=listed(old_login()), kind=LetterKind.STATUS, language=Language.NB, now=NOW)
    dropped = tuple(map(parse_topic, ("service:helseid", "change:ftps")))
    mail = written(replace(made, message=replace(made.message, dropped=dropped)))
    again = f"{LINKS.choose(made.subscriber.addressee)}?again=service:helseid&again=change:ftps&lang=nb"
    assert again == f"{LINKS.follow_again(made.subscriber.addressee, dropped)}&lang=nb"
    assert again in text_of(mail)
    assert "again=" not in text_of(letter(LetterKind.STATUS))


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
