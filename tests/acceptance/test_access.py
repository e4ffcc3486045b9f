"""By a fresh link: moving to another address, a new calendar, what is stored, being forgotten; and what links show."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from notifier.core.letter import WITH_OVERVIEW, LetterKind
from notifier.core.rendering import parse_renderings
from notifier.core.subscription import SubscriberState
from notifier.feeds.addresses import Variant
from notifier.store import letters
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.acceptance.newcomers import joined, known, let_in
from tests.acceptance.story import KARI
from tests.acceptance.visiting import Visitor, everything, link


def test_moving_to_another_address_takes_both_mailboxes(visitor: Visitor) -> None:
    standing = joined(visitor)
    words = standing.split()
    choose = next(word for word in words if "/choose/" in word)
    access = let_in(visitor, choose)
    assert KARI in visitor.opens(access).text
    assert visitor.presses(access, address="not an address").status == 422
    assert visitor.presses(access, address="ny@epj.example.no").status == 200
    question = visitor.mail()
    calendar = next(word for word in words if "/calendar/private/" in word)
    assert visitor.opens(calendar).status == 200
    assert (question.to, known(visitor).address) == ("ny@epj.example.no", KARI)
    assert KARI not in question.message.as_string()
    assert visitor.presses(link(question, "new-address")).status == 200
    visitor.story.tick(visitor.now)
    told, welcome = sorted(visitor.story.new_letters(), key=lambda letter: letter.to)
    assert (told.to, known(visitor, "ny@epj.example.no").state) == (KARI, SubscriberState.ACTIVE)
    assert "ny@epj" not in told.message.as_string()
    assert "/choose/" not in told.text
    assert welcome.to == "ny@epj.example.no"
    assert visitor.opens(link(welcome, "calendar/private")).status == 200
    assert visitor.opens(access).status == 404
    assert visitor.opens(calendar).status == 410
    assert visitor.presses(link(question, "new-address")).status == 200
    visitor.story.tick(visitor.now)
    assert visitor.story.new_letters() == []


def test_a_question_that_is_tried_again_goes_to_no_address_but_its_own(visitor: Visitor) -> None:
    access = let_in(visitor, next(word for word in joined(visitor).split() if "/choose/" in word))
    visitor.presses(access, address="first@epj.example.no")
    # Its copy left without an answer.
    with writing(visitor.story.parts.engine) as connection:
        connection.execute(update(messages).where(messages.c.state == "pending").values(copies=1))
    visitor.now += timedelta(minutes=20)
    visitor.presses(access, address="second@epj.example.no")
    visitor.story.tick(visitor.now)
    assert [letter.to for letter in visitor.story.new_letters()] == ["second@epj.example.no"]


@pytest.mark.parametrize("kind", sorted(WITH_OVERVIEW))
def test_what_is_told_beside_a_question_tells_what_they_follow_and_is_kept_as_it_was_told(
    visitor: Visitor, kind: LetterKind
) -> None:
    access = let_in(visitor, next(word for word in joined(visitor).split() if "/choose/" in word))
    visitor.presses(access, address="ny@epj.example.no")
    subscriber, engine = known(visitor), visitor.story.parts.engine
    with writing(engine) as connection:
        letters.put(connection, subscriber.id, kind, now=visitor.now)
    visitor.story.tick(visitor.now)

    (told,) = [letter for letter in visitor.story.new_letters() if letter.to == KARI]
    assert visitor.story.new_letters() == []
    assert "Kjernejournal" in told.text
    with reading(engine) as connection:
        (kept,) = connection.scalars(select(messages.c.renderings).where(messages.c.letter == kind))
    (rendering,) = parse_renderings(kept)
    assert rendering.followed == subscriber.followed
    assert subscriber.followed.topics


def test_an_address_that_cannot_take_over_is_shown_another_way_as_any_is(visitor: Visitor) -> None:
    standing = joined(visitor)
    visitor.story.joins("left@epj.example.no", now=visitor.now)
    visitor.story.leaves("left@epj.example.no", now=visitor.now)
    visitor.story.tick(visitor.now)
    visitor.story.new_letters()
    access = let_in(visitor, next(word for word in standing.split() if "/choose/" in word))
    answers = {
        visitor.presses(access, address=each).text for each in ("left@epj.example.no", "ny@epj.example.no")
    }
    assert len(answers) == 1
    assert "Da melder du den på fra forsiden i stedet" in answers.pop()
    visitor.story.tick(visitor.now)
    assert [letter.to for letter in visitor.story.new_letters()] == ["ny@epj.example.no"]


def test_links_in_the_mailbox_that_somebody_left_say_so_and_change_nothing(visitor: Visitor) -> None:
    visitor.subscribes(KARI)
    question = visitor.mail()
    visitor.presses(link(question, "confirm"))
    standing = visitor.mail()
    access = let_in(visitor, link(standing, "choose"))
    visitor.presses(access, address="ny@epj.example.no")
    moving = visitor.mail()
    assert visitor.opens(link(standing, "leave")).status == 200
    visitor.presses(link(moving, "new-address"))
    visitor.story.tick(visitor.now)
    letters = visitor.story.new_letters()
    new = next(letter for letter in letters if letter.to == "ny@epj.example.no")
    before = everything(visitor.story)
    for old in (
        link(standing, "choose"),
        link(standing, "leave"),
        link(question, "deny"),
        link(question, "confirm"),
    ):
        answers = [visitor.presses(f"{old}?lang=nn", headers={}, follow="everything", access="yes")]
        answers += [visitor.opens(f"{old}?lang=nn")] if "/choose/" in old or "/leave/" in old else []
        for answer in answers:
            assert "Vi skriv ikkje lenger til denne adressa" in answer.text
            assert "ny@epj" not in answer.text
    assert everything(visitor.story) == before
    assert visitor.presses(link(new, "choose"), follow="everything").status == 200
    assert visitor.presses(link(new, "leave"), headers={}).status == 200
    assert known(visitor, "ny@epj.example.no").state is SubscriberState.LEFT


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_new_address_that_did_not_ask_is_left_alone(visitor: Visitor, is_confirmed: bool) -> None:
    standing = joined(visitor)
    access = let_in(visitor, next(word for word in standing.split() if "/choose/" in word))
    visitor.presses(access, address="ny@epj.example.no")
    question = visitor.mail()
    if is_confirmed:
        visitor.presses(link(question, "new-address"), headers={})
        visitor.story.tick(visitor.now)
        visitor.story.new_letters()
    answer = visitor.presses(link(question, "deny") + "?lang=nb")
    assert ("Varslene er avsluttet" in answer.text) is is_confirmed
    assert visitor.presses(link(question, "deny")).status == 410
    assert visitor.presses(link(question, "new-address")).status == 410
    if is_confirmed:
        assert known(visitor, "ny@epj.example.no").state is SubscriberState.LEFT
        return
    assert known(visitor).state is SubscriberState.ACTIVE
    visitor.now += timedelta(days=2)
    access = visitor.story.parts.links.access(
        known(visitor).public_id, 1, until=visitor.now + timedelta(hours=1)
    )
    visitor.presses(access, address="ny@epj.example.no")
    visitor.story.tick(visitor.now)
    assert "ny@epj.example.no" not in {letter.to for letter in visitor.story.new_letters()}


def test_a_fresh_link_rotates_downloads_and_forgets(visitor: Visitor) -> None:
    standing = joined(visitor)
    words = standing.split()
    choose = next(word for word in words if "/choose/" in word)
    calendar = next(word for word in words if "/calendar/private/" in word)
    access = let_in(visitor, choose)
    visitor.presses(choose, access="yes")
    visitor.story.tick(visitor.now)
    assert visitor.story.new_letters() == []

    for _ in range(2):
        assert visitor.presses(access, rotate="1").status == 200
    assert visitor.opens(calendar).status == 410
    assert known(visitor).calendar_serial == 2
    stored = json.loads(visitor.presses(access, download="yes").text)
    assert stored["subscriber"][0]["address"] == KARI
    assert "Kryss først av" in visitor.presses(access, erase="").text
    assert known(visitor).state is SubscriberState.ACTIVE
    assert "Du er slettet hos oss" in visitor.presses(access, erase="", sure="yes").text
    assert visitor.opens(access).status == 404
    assert "kari" not in everything(visitor.story)


def test_it_offers_their_own_calendar_to_every_program_and_in_every_variant(visitor: Visitor) -> None:
    standing = joined(visitor).split()
    plain = next(word for word in standing if "/calendar/private/" in word)
    shown = visitor.opens(let_in(visitor, next(word for word in standing if "/choose/" in word))).text
    addresses = re.findall(r'class="address"[^>]* value="([^"]+)"', shown)
    assert addresses == [plain.replace("/calendar/", f"/{variant}/") for variant in Variant]
    assert all(visitor.opens(address).body.startswith(b"BEGIN:VCALENDAR") for address in addresses)
    for way in (plain.replace("https:", "webcal:"), f"addfromweb?url={quote(plain, safe='')}"):
        assert way in shown


def test_an_access_link_ends_after_an_hour(visitor: Visitor) -> None:
    standing = joined(visitor)
    access = let_in(visitor, next(word for word in standing.split() if "/choose/" in word))
    visitor.now += timedelta(minutes=59)
    assert visitor.opens(access).status == 200
    visitor.now += timedelta(minutes=1)
    assert visitor.opens(access).status == 404


def test_a_forwarded_link_shows_no_address(visitor: Visitor) -> None:
    standing = joined(visitor)
    for word in standing.split():
        if "/choose/" in word or "/leave/" in word:
            assert "kari" not in visitor.opens(word).text


def test_the_confirmation_holds_nothing_that_was_typed(visitor: Visitor) -> None:
    visitor.subscribes("kari+buy-pills@epj.example.no", topic=["buy-pills", "helseid"], name="buy-pills")
    letter = visitor.mail()
    assert "buy-pills" not in letter.text
    assert visitor.subscribes("“Buy pills” <kari@epj.example.no>\r\nBcc: ola@epj.example.no").status == 422
