"""Answering for a Vendor: one Answer however often it is pressed, and nothing owed that is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, and_, insert, select, update

from notifier.consent.answering import Answered, AnsweredTooOftenError, answer, decide, record
from notifier.consent.given import Given, look_up
from notifier.core.answer import (
    MOST_ANSWERS,
    MOST_CALLS_FOR_HELP,
    AnswerKind,
    AnswerRules,
    AnswerState,
    Party,
    Way,
)
from notifier.core.change import Status
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.pseudonym import Pseudonyms
from notifier.core.stance import Doubt
from notifier.core.subscription import Subscriber
from notifier.store import answers, erasing, exporting, leaving, outbox, vendors
from notifier.store.answer_tables import evidence
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, notices
from notifier.store.vendors import Vendor
from tests.core.lists import TIMING, a_change, a_deadline, a_list, oslo
from tests.store.people import join

MAY = oslo("2026-05-04")
NOW = oslo("2026-08-03")
DAY = timedelta(days=1)
BLABAER = Party(vendor="blabaer")
CHANGES = a_list(
    a_change("2026-12-01"),
    a_change("2026-10-01", name="preg"),
    a_change(a_deadline(status=Status.COMPLETED), name="over"),
)
KARI = "kari@epj.example.no"
PSEUDONYMS = Pseudonyms(("key",))
RULED: dict[str, Any] = {"changes": CHANGES, "rules": AnswerRules(), "timing": TIMING}


def contact(database: Engine, address: str = KARI, *, vendor: str | None = "blabaer") -> Subscriber:
    """Somebody of a Vendor whose mail domain is `example.no`."""
    with writing(database) as connection:
        vendors.add(connection, Vendor(id="blabaer", name="Blåbær EPJ", domains=("example.no",)), now=MAY)
    return join(database, address, now=MAY, vendor=vendor)


def say(database: Engine, person: Subscriber, kind: AnswerKind = AnswerKind.DONE, **fields: Any) -> Answered:
    said = answer(
        engine=database,
        addressee=person.addressee,
        **{"change_id": "portal", "kind": kind, "way": Way.PAGE, "now": NOW, "contact": "kundesenter@nhn.no"}
        | RULED
        | fields,
    )
    assert said is not None
    return said


def kinds(database: Engine, party: Party = BLABAER) -> list[tuple[AnswerKind, AnswerState]]:
    with reading(database) as connection:
        return [(each.kind, each.state) for each in answers.given(connection, party=party)]


def spare(database: Engine, person: Subscriber, lead: str, *, outcome: Outcome = Outcome.ANSWERED) -> None:
    """A reminder that an Answer spared them."""
    row = {
        "subscriber_id": person.id,
        "deadline": "portal/end",
        "kind": NoticeKind.REMINDER.value,
        "lead": lead,
        "spoken": "2026-12-01",
        "due": NOW - timedelta(days=int(lead[:-1])),
        "expires": oslo("2026-12-02", "00:00"),
        "outcome": outcome.value,
        "decided_at": NOW,
    }
    with writing(database) as connection:
        connection.execute(insert(notices).values(row))


def owed(database: Engine) -> list[str]:
    chosen = select(notices.c.lead).where(notices.c.outcome == Outcome.OWED, notices.c.kind == "reminder")
    with reading(database) as connection:
        return list(connection.scalars(chosen))


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
        (AnswerKind.DONE, AnswerState.REFUSED),
        (AnswerKind.NOT_AFFECTED, AnswerState.REFUSED),
        (AnswerKind.NEED_HELP, AnswerState.COUNTS),
    ]


def test_the_writers_own_address_decides_for_a_mail(database: Engine) -> None:
    insider = contact(database)
    mailed = partial(say, database, insider, way=Way.MAIL)
    waiting = mailed(author="Konsulent@foreign.example")
    assert (waiting.waits, waiting.answer.by) == (True, "Konsulent@foreign.example")
    counting = mailed(author="KARI@epj.example.no")
    assert (counting.waits, counting.answer.by) == (False, "")


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


def told(database: Engine, person: Subscriber) -> list[tuple[AnswerKind, datetime]]:
    """What the Letters say that were put for somebody and not replaced, and from when on each may leave."""
    with reading(database) as connection:
        rows = connection.execute(
            select(messages.c.answer_id, messages.c.not_before)
            .where(
                messages.c.subscriber_id == person.id,
                messages.c.letter == LetterKind.ANSWERED,
                messages.c.state != MessageState.CANCELLED,
            )
            .order_by(messages.c.id)
        ).all()
        given = {each.id: each.kind for each in answers.given(connection)}
    return [(given[row.answer_id], row.not_before) for row in rows]


def letters_leave(database: Engine) -> None:
    with writing(database) as connection:
        waits = and_(messages.c.letter.is_not(None), messages.c.state == MessageState.PENDING)
        connection.execute(update(messages).where(waits).values(state=MessageState.SENT.value, copies=1))


def test_the_last_answer_of_a_restless_day_is_told_the_next(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    hours = [NOW + timedelta(hours=n) for n in range(6)]
    for hour, kind in zip(hours, [AnswerKind.DONE, AnswerKind.NONE, AnswerKind.DONE], strict=False):
        say(database, kari, kind, now=hour)
        letters_leave(database)
    assert [kind for kind, _ in told(database, per)] == [AnswerKind.DONE, AnswerKind.NONE, AnswerKind.DONE]
    say(database, kari, AnswerKind.NONE, now=hours[3])
    say(database, kari, AnswerKind.NOT_AFFECTED, now=hours[4])
    assert told(database, per)[3:] == [(AnswerKind.NOT_AFFECTED, NOW + DAY)]
    assert told(database, kari) == []
    say(database, kari, change_id="preg", now=hours[5])
    assert told(database, per)[4:] == [(AnswerKind.DONE, hours[5])]


def calls(database: Engine) -> list[str]:
    """Whom the calls for help go to that were not replaced, and with which words."""
    with reading(database) as connection:
        rows = connection.execute(
            select(messages.c.letter_to, messages.c.answer_id)
            .where(messages.c.letter == LetterKind.HELP_WANTED, messages.c.state != MessageState.CANCELLED)
            .order_by(messages.c.id)
        ).all()
        words = {each.id: each.words for each in answers.given(connection)}
    return [f"{row.letter_to}: {words[row.answer_id]}" for row in rows]


def test_a_call_for_help_that_waits_gives_way_to_the_next_and_few_are_heard_a_day(database: Engine) -> None:
    person = contact(database)
    cry = partial(say, database, person, AnswerKind.NEED_HELP)
    for number in range(3):
        cry(words=f"call {number}")
    assert calls(database) == ["kundesenter@nhn.no: call 2"]
    for number in range(3, MOST_CALLS_FOR_HELP + 2):
        letters_leave(database)
        cry(words=f"call {number}")
    letters_leave(database)
    for change_id in ("portal", "preg"):
        with pytest.raises(AnsweredTooOftenError):
            cry(words="once more", change_id=change_id)
    assert len(calls(database)) == MOST_CALLS_FOR_HELP
    assert say(database, person).is_new
    assert cry(words="tomorrow", now=NOW + DAY).is_new


def test_who_answers_to_and_fro_is_heard_so_often_a_day_and_shuts_no_colleague_out(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    to_and_fro = [AnswerKind.DONE, AnswerKind.NONE] * (MOST_ANSWERS // 2)
    for kind in to_and_fro:
        say(database, kari, kind)
    assert not say(database, kari, to_and_fro[-1]).is_new
    with pytest.raises(AnsweredTooOftenError):
        say(database, kari)
    assert len(kinds(database)) == MOST_ANSWERS
    assert say(database, per).is_new
    assert say(database, kari, change_id="preg").is_new


def test_a_call_for_help_from_a_foreign_domain_is_passed_on_once_it_is_accepted(database: Engine) -> None:
    stranger = contact(database, "ola@foreign.example")
    waiting = say(database, stranger, AnswerKind.NEED_HELP, words="hva er PAR?")
    assert (waiting.waits, calls(database)) == (True, [])
    accepting = partial(
        decide, engine=database, answer_id=waiting.answer.id, by="Per", contact="nhn@example.no", **RULED
    )
    assert accepting(accepted=True, now=NOW)
    assert accepting(accepted=True, now=NOW) is None
    assert calls(database) == ["nhn@example.no: hva er PAR?"]


def test_who_is_erased_is_forgotten_in_what_they_wrote_for_a_colleague(database: Engine) -> None:
    kari, per = contact(database), contact(database, "Per@blåbær.example.no")
    ids = [
        say(database, kari, way=Way.MAIL, author="PER@BLÅBÆR.example.no", words="Ring Per").answer.id,
        say(database, kari, AnswerKind.NONE, way=Way.MAIL, author="ola@example.no", words="Nei").answer.id,
    ]
    with writing(database) as connection:
        erasing.erase(connection, subscriber_id=per.id, pseudonyms=PSEUDONYMS, now=NOW)
        left = [answers.find(connection, each) for each in ids]
    assert [(each.by, each.words) for each in left if each] == [("", ""), ("ola@example.no", "Nei")]


def test_who_is_erased_leaves_the_vendors_answer_without_words_or_writer(database: Engine) -> None:
    person = contact(database)
    said = say(database, person, way=Way.MAIL, author="sjef@example.no", words="Ring meg på 99 99 99 99")
    with writing(database) as connection:
        whole = exporting.export(connection, person.id, pseudonyms=PSEUDONYMS)["answers"]
        erasing.erase(connection, subscriber_id=person.id, pseudonyms=PSEUDONYMS, now=NOW)
        left = answers.find(connection, said.answer.id)
    assert [each["words"] for each in whole] == ["Ring meg på 99 99 99 99"]
    assert left is not None
    assert (left.kind, left.counts, left.words, left.by) == (AnswerKind.DONE, True, "", "")
