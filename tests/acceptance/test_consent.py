"""A vendor's contact subscribes, confirms, leaves and comes back, by the page and its mails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifier.core.subscription import SubscriberState
from notifier.core.text import Language
from notifier.store import leaving
from notifier.store.engine import writing
from tests.acceptance.newcomers import MONDAY, follows, joined, known, somebody
from tests.acceptance.story import KARI, OLA, Letter
from tests.acceptance.visiting import FORM, Visitor, everything, link


def test_the_whole_way_in_and_out_and_back(visitor: Visitor) -> None:
    confirmation, standing = comes_in(visitor)
    chooses(visitor, standing)
    goodbye = leaves(visitor, standing)
    assert visitor.presses(link(confirmation, "confirm")).status == 410

    visitor.now += timedelta(days=29)
    assert visitor.presses(link(goodbye, "undo")).status == 200
    assert visitor.presses(link(goodbye, "undo")).status == 200
    again = known(visitor)
    assert (again.state, str(again.cadence)) == (SubscriberState.ACTIVE, "30d 7d")
    assert follows(visitor) == ["everything"]
    assert visitor.mail().to == KARI


def comes_in(visitor: Visitor) -> tuple[Letter, Letter]:
    """From the form to where they stand: the mail that asks, and the one that tells."""
    answer = visitor.subscribes(KARI, "nn", topic=["helseid", "kjernejournal", "unknown"])
    assert "Sjekk e-posten din" in answer.text
    confirmation = visitor.mail()
    assert (confirmation.to, confirmation.message["List-Unsubscribe"]) == (KARI, None)
    assert "Du kjem til å følgje: Helseid, Kjernejournal." in " ".join(confirmation.text.split())

    assert "Ja, eg vil ha varsel" in visitor.opens(link(confirmation, "confirm") + "?lang=nn").text
    assert known(visitor).state is SubscriberState.PENDING
    assert "Du får varsel frå no av" in visitor.presses(link(confirmation, "confirm") + "?lang=nn").text
    standing = visitor.mail()
    assert follows(visitor) == ["service:helseid", "service:kjernejournal"]
    assert "Title par nn" in standing.text or "title par nn" in standing.text
    assert "fjernhjelp" not in standing.text
    assert visitor.opens(link(standing, "calendar/private")).body.startswith(b"BEGIN:VCALENDAR")
    return confirmation, standing


def chooses(visitor: Visitor, standing: Letter) -> None:
    """Everything, their own Leads, and another language."""
    choose = link(standing, "choose")
    answer = visitor.presses(choose, follow="everything", leads="own", lead=["30d", "7d"], language="en")
    assert 'role="status"' in answer.text
    kari = known(visitor)
    assert (follows(visitor), str(kari.cadence), kari.language) == (["everything"], "30d 7d", Language.EN)


def leaves(visitor: Visitor, standing: Letter) -> Letter:
    """By the button of their mail program (RFC 8058): the last mail, and no link before it works any more."""
    one_click = {"List-Unsubscribe": "One-Click"}
    assert visitor.presses(link(standing, "leave"), headers={}, **one_click).status == 200
    assert known(visitor).state is SubscriberState.LEFT
    goodbye = visitor.mail()
    assert "You get no more mail" in goodbye.subject
    assert visitor.opens(link(standing, "calendar/private")).status == 410
    assert visitor.presses(link(standing, "choose"), follow="everything").status == 410
    return goodbye


def test_looking_three_times_at_every_link_changes_no_row(visitor: Visitor) -> None:
    visitor.subscribes(OLA)
    asked = visitor.mail()
    standing_text = joined(visitor)
    visitor.story.new_letters()
    links = visitor.story.parts.links
    kari = known(visitor)
    access = links.access(kari.public_id, 1, until=visitor.now + timedelta(hours=1))
    every = [
        link(asked, "confirm"), link(asked, "deny"), links.leave(kari.addressee), links.choose(kari.addressee),
        access, links.new_address(kari.public_id, "x"), links.undo(kari.public_id, 1), "/subscribe", "/mail",
        links.private_calendar(kari.public_id, 1), links.answer(kari.addressee, "portal"),
        links.deny_help(kari.addressee), links.deny_new_address(kari.public_id, "x"),
    ]  # fmt: skip
    assert "/choose/" in standing_text
    before = everything(visitor.story)
    for each in every:
        for method in ("GET", "HEAD", "OPTIONS") * 3:
            visitor.opens(each, method)
            visitor.opens(f"{each}?leave=yes&confirm=yes&erase=yes&sure=yes&access=yes", method)
    assert everything(visitor.story) == before


def test_a_scanner_that_presses_before_the_human_makes_one_subscription(visitor: Visitor) -> None:
    visitor.subscribes(KARI)
    confirm = link(visitor.mail(), "confirm")
    scanner = visitor.presses(confirm, headers={})
    human = visitor.presses(confirm)
    assert (scanner.status, human.body) == (200, scanner.body)
    assert visitor.mail().to == KARI
    assert known(visitor).generation == 1


def test_who_denies_after_a_scanner_pressed_both_buttons_gets_no_more_mail(visitor: Visitor) -> None:
    visitor.subscribes(KARI)
    question = visitor.mail()
    visitor.presses(link(question, "confirm"), headers={})
    visitor.mail()
    for _ in range(2):
        answer = visitor.presses(link(question, "deny") + "?lang=nb")
        assert (answer.status, "Varslene er avsluttet" in answer.text) == (200, True)
        assert "Vi skriver aldri" not in answer.text
    assert known(visitor).state is SubscriberState.LEFT
    assert "/undo/" in visitor.mail().text


def test_leaving_promises_a_last_mail_for_as_long_as_it_helps(visitor: Visitor) -> None:
    joined(visitor)
    leave = visitor.story.parts.links.leave(known(visitor).addressee)
    promised = "Vi har sendt en siste e-post"
    for _ in range(2):
        assert promised in visitor.presses(f"{leave}?lang=nb").text
    assert "/undo/" in visitor.mail().text
    visitor.now += timedelta(days=31)
    assert promised not in visitor.presses(f"{leave}?lang=nb").text


def test_who_was_suspended_is_promised_no_last_mail(visitor: Visitor) -> None:
    joined(visitor)
    person = known(visitor)
    with writing(visitor.story.parts.engine) as connection:
        leaving.suspend(connection, subscriber_id=person.id, why="bounced", now=visitor.now)
    leave = visitor.story.parts.links.leave(person.addressee)
    for _ in range(2):
        answer = visitor.presses(f"{leave}?lang=nb").text
        assert ("Varslene er avsluttet" in answer, "siste e-post" in answer) == (True, False)
    visitor.story.tick(visitor.now)
    assert visitor.story.new_letters() == []


def test_the_answer_is_the_same_whoever_is_asked_for(visitor: Visitor) -> None:
    joined(visitor)
    visitor.story.joins("left@epj.example.no", now=MONDAY)
    visitor.story.leaves("left@epj.example.no", now=MONDAY)
    visitor.story.joins("stopped@epj.example.no", now=MONDAY)
    visitor.story.is_suspended("stopped@epj.example.no", now=MONDAY)
    visitor.subscribes("denied@epj.example.no")
    visitor.story.tick(MONDAY)
    denied = next(each for each in visitor.story.new_letters() if each.to.startswith("denied"))
    visitor.presses(link(denied, "deny"))
    visitor.subscribes("pending@epj.example.no")
    visitor.now += timedelta(days=1)
    names = ("new", "pending", "left", "stopped", "denied")
    answers = [visitor.subscribes(f"{name}@epj.example.no") for name in names]
    answers += [visitor.subscribes(KARI), visitor.subscribes(KARI), visitor.subscribes(OLA, website="spam")]
    alike = {(answer.status, answer.body, str(sorted(answer.headers.items() - {("date", answer.headers["date"])})))
             for answer in answers}  # fmt: skip
    assert len(alike) == 1
    visitor.story.tick(visitor.now)
    asked = {letter.to: letter.subject for letter in visitor.story.new_letters()}
    assert set(asked) == {"new@epj.example.no", "pending@epj.example.no", "left@epj.example.no", KARI}
    assert "allerede" in asked[KARI]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Det du krysset av for, finnes ikke i listen nå."),
        ("nn", "Det du kryssa av for, finst ikkje i lista no."),
        ("en", "What you ticked is not in the list now."),
    ],
)
def test_who_ticked_only_what_the_list_no_longer_has_is_not_taken_to_want_everything(
    visitor: Visitor, language: str, words: str
) -> None:
    answer = visitor.subscribes(KARI, language, topic=["gone", "everything"])
    assert (answer.status, words in answer.text, f'value="{KARI}"' in answer.text) == (422, True, True)
    assert "address-error" not in answer.text
    both = visitor.subscribes("kari", language, topic=["gone"])
    assert (both.status, words in both.text, "address-error" in both.text) == (422, True, True)
    assert somebody(visitor) is None


@pytest.mark.parametrize("by_help", [False, True])
def test_who_did_not_ask_is_forgotten_by_one_press(visitor: Visitor, by_help: bool) -> None:
    visitor.subscribes(KARI)
    deny = link(visitor.mail(), "deny")
    if by_help:
        deny = visitor.story.parts.links.deny_help(known(visitor).addressee)
    assert visitor.presses(deny).status == visitor.presses(deny).status == 200
    assert somebody(visitor) is None
    assert "kari" not in everything(visitor.story)


@pytest.mark.parametrize("purpose", ["confirm", "deny", "choose", "access", "new-address", "undo"])
def test_altered_and_other_purposes_tokens_get_one_neutral_refusal(visitor: Visitor, purpose: str) -> None:
    joined(visitor)
    links, kari = visitor.story.parts.links, known(visitor)
    others = {
        "confirm": links.confirm(kari.addressee, "x"),
        "undo": links.undo(kari.public_id, 1),
        "leave": links.leave(kari.addressee),
        "choose": links.choose(kari.addressee),
    }
    tokens = [url.rpartition("/")[2] for name, url in others.items() if name != purpose]
    own = others.get(purpose, f"/{purpose}/{kari.public_id}.1.abc").rpartition("/")[2]
    tokens += [f"{own}x", own[:-1], "x", "." * 50, "%00", "a" * 5_000]
    before = everything(visitor.story)
    answers = [
        visitor.presses(f"/{purpose}/{token}", follow="everything", erase="", sure="yes") for token in tokens
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert everything(visitor.story) == before


def test_a_page_of_somebody_else_can_press_nothing(visitor: Visitor) -> None:
    standing = joined(visitor)
    choose = next(word for word in standing.split() if "/choose/" in word)
    form = {"Content-Type": FORM["Content-Type"]}
    before = everything(visitor.story)
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
        {"Origin": "https://evil.example"},
    ):
        assert visitor.presses(choose, headers=form | foreign, access="yes").status == 403
        assert visitor.presses("/subscribe", headers=form | foreign, address=OLA).status == 403
    assert everything(visitor.story) == before
