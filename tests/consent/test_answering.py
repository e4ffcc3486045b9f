"""Answering for a Vendor: one Answer however often it is pressed, and nothing owed that is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, insert, select

from notifier.consent.answering import Answered, answer, decide, record
from notifier.consent.given import Given, look_up
from notifier.core.answer import (
    AnswerKind,
    AnswerState,
    Party,
    Way,
)
from notifier.core.message import MessageState
from notifier.core.stance import Doubt
from notifier.store import leaving, outbox, vendors
from notifier.store.answer_tables import evidence
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from notifier.store.vendors import Vendor
from tests.consent.saying import BLABAER, MAY, NOW, RULED, contact, kinds, owed, say, spare
from tests.core.lists import oslo


def test_who_presses_twice_has_answered_once(database: Engine) -> None:
    person = contact(database)
    first = say(database, person, AnswerKind.PLANNED, planned=date(2026, 11, 1), words=" etter\tferien ")
    assert (first.is_new, first.waits, first.comes_too_late) == (True, False, False)
    assert (first.answer.anchor, first.answer.words, first.answer.subscriber_id) == (
        "portal/end",
        "etter ferien",
        person.id,
    )

    again = say(database, person, AnswerKind.PLANNED, planned=date(2026, 11, 1), now=NOW + timedelta(days=1))
    assert again == Answered(answer=first.answer, is_new=False, comes_too_late=False)
    assert say(database, person).is_new
    assert say(database, person, AnswerKind.NONE).is_new
    assert not say(database, person, AnswerKind.NONE).is_new


def test_two_contacts_who_press_at_once_have_answered_once(database: Engine) -> None:
    people = [contact(database, f"kari{n}@example.no") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(partial(say, database), people))
    assert [each.is_new for each in said].count(True) == 1
    assert kinds(database) == [(AnswerKind.DONE, AnswerState.COUNTS)]


def test_a_promise_on_the_last_day_or_later_comes_too_late(database: Engine) -> None:
    person = contact(database)
    assert say(database, person, AnswerKind.PLANNED, planned=date(2026, 12, 1)).comes_too_late
    with pytest.raises(ValueError, match="promise"):
        say(database, person, AnswerKind.PLANNED)


def test_nobody_answers_who_left_or_moved_nor_what_is_over(database: Engine) -> None:
    person = contact(database)
    asked = partial(answer, engine=database, kind=AnswerKind.DONE, way=Way.PAGE, contact="", now=NOW, **RULED)
    assert asked(addressee=person.addressee, change_id="over") is None
    assert asked(addressee=person.addressee, change_id="unknown") is None
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="test", now=NOW)
    assert asked(addressee=person.addressee, change_id="portal") is None
    assert kinds(database) == []


def test_who_has_no_vendor_answers_for_themselves(database: Engine) -> None:
    person = contact(database, "ola@foreign.example", vendor=None)
    assert not say(database, person).waits
    assert kinds(database, Party(subscriber_id=person.id)) == [(AnswerKind.DONE, AnswerState.COUNTS)]


def test_what_comes_from_a_foreign_domain_waits_for_an_operator(database: Engine) -> None:
    stranger = contact(database, "ola@foreign.example")
    waiting = say(database, stranger)
    assert waiting.waits
    assert not say(database, stranger).is_new
    known = look_up(engine=database, addressee=stranger.addressee, now=NOW, **RULED)
    assert isinstance(known, Given)
    assert (known.said, known.waiting, known.vendor) == ({}, {"portal": waiting.answer}, "Blåbær EPJ")

    deciding = partial(
        decide, engine=database, answer_id=waiting.answer.id, by="Per", contact="", now=NOW, **RULED
    )
    accepted = deciding(accepted=True)
    assert accepted is not None
    assert (accepted.counts, accepted.decided_by) == (True, "Per")
    assert deciding(accepted=False) is None
    assert kinds(database) == [(AnswerKind.DONE, AnswerState.COUNTS)]


def test_a_newer_answer_leaves_nothing_to_decide(database: Engine) -> None:
    stranger, insider = contact(database, "ola@foreign.example"), contact(database)
    say(database, stranger)
    say(database, stranger, AnswerKind.NOT_AFFECTED)
    say(database, insider, AnswerKind.NEED_HELP, words="hva er PAR?")
    assert kinds(database) == [
        (AnswerKind.DONE, AnswerState.REPLACED),
        (AnswerKind.NOT_AFFECTED, AnswerState.REPLACED),
        (AnswerKind.NEED_HELP, AnswerState.COUNTS),
    ]


def test_the_writers_own_address_decides_for_a_mail(database: Engine) -> None:
    insider = contact(database)
    mailed = partial(say, database, insider, way=Way.MAIL)
    waiting = mailed(author="Konsulent@foreign.example")
    assert (waiting.waits, waiting.answer.by) == (True, "Konsulent@foreign.example")
    counting = mailed(author="KARI@epj.example.no")
    assert (counting.waits, counting.answer.by) == (False, "")


def test_whoever_has_the_longest_address_that_mail_allows_may_answer(database: Engine) -> None:
    author = f"{'o' * 64}@{'e' * 63}.{'p' * 63}.{'j' * 53}.example"
    assert len(author) == 254
    waiting = say(database, contact(database), way=Way.MAIL, author=author)
    assert (waiting.waits, waiting.answer.by) == (True, author)


def test_a_strangers_reply_waits_where_no_domain_tells_who_may_answer(database: Engine) -> None:
    with writing(database) as connection:
        vendors.add(connection, Vendor(id="lite", name="Lite EPJ"), now=MAY)
    kari, per, gone = (
        contact(database, f"{name}@lite.example", vendor="lite") for name in ("kari", "per", "gone")
    )
    alone = contact(database, "ida@lone.example", vendor=None)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=gone.id, why="test", now=NOW)
    waits = {
        (person.address, author): say(database, person, way=Way.MAIL, author=author).waits
        for person in (kari, alone)
        for author in ("x@foreign.example", gone.address, per.address, person.address.upper())
    }
    assert [author for (_, author), waiting in waits.items() if not waiting] == [
        per.address,
        "KARI@LITE.EXAMPLE",
        "IDA@LONE.EXAMPLE",
    ]


def test_an_operator_counts_for_whoever_is_known(database: Engine) -> None:
    contact(database)
    recording = partial(
        record, engine=database, change_id="portal", kind=AnswerKind.DONE, by="Per", now=NOW, **RULED
    )
    said = recording(party=BLABAER)
    assert said is not None
    assert (said.answer.way, said.answer.by, said.answer.subscriber_id) == (Way.OPERATOR, "Per", None)
    assert recording(party=Party(vendor="unknown")) is None


def test_what_an_answer_spared_is_owed_again_once_it_is_taken_back(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    say(database, kari)
    for person in (kari, per):
        spare(database, person, "30d")
        spare(database, person, "14d")
    say(database, kari, AnswerKind.NOT_AFFECTED)
    assert owed(database) == []
    say(database, per, AnswerKind.NONE)
    assert owed(database) == ["14d", "14d"]
    say(database, kari)
    say(database, kari, AnswerKind.NONE)
    assert owed(database) == ["14d", "14d"]


def test_the_same_again_confirms_what_came_in_doubt(database: Engine) -> None:
    person = contact(database)
    say(database, person)
    seen = {"vendor_id": "blabaer", "change": "portal", "calls": 7, "last_seen": date(2026, 8, 20), "at": NOW}
    with writing(database) as connection:
        connection.execute(insert(evidence).values(seen))
    later = oslo("2026-08-21")
    known = look_up(engine=database, addressee=person.addressee, now=later, **RULED)
    assert isinstance(known, Given)
    assert known.said["portal"].doubt is Doubt.TRAFFIC
    assert say(database, person, now=later).is_new
    assert not say(database, person, now=later).is_new


def test_what_was_composed_before_the_answer_is_composed_anew(database: Engine) -> None:
    person, other = contact(database), contact(database, "ola@another.example", vendor=None)
    with writing(database) as connection:
        claimed = outbox.claim(connection, node=1, now=NOW, is_open=True, next_opening=NOW)
    say(database, person)
    with reading(database) as connection:
        rows = connection.execute(select(messages.c.subscriber_id, messages.c.state))
        states = {row.subscriber_id: row.state for row in rows}
    assert len(claimed) == 2
    assert states == {person.id: MessageState.PENDING, other.id: MessageState.CLAIMED}
