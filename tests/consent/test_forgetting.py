"""Forgetting people: what they answered for a Vendor stays, and only they are given what they wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

from sqlalchemy import Engine

from notifier.consent.answering import answer
from notifier.consent.given import Given, look_up
from notifier.core.answer import FORGOTTEN, AnswerKind, Way
from notifier.store import answers, erasing, exporting, writers
from notifier.store.engine import reading, writing
from tests.consent.saying import DAY, NOW, PSEUDONYMS, RULED, contact, kinds, say


def test_who_is_erased_is_forgotten_in_what_they_wrote_for_a_colleague(database: Engine) -> None:
    kari, per = contact(database), contact(database, "Per@blåbær.example.no")
    ids = [
        say(database, kari, way=Way.MAIL, author="PER@BLÅBÆR.example.no", words="Ring Per").answer.id,
        say(database, kari, AnswerKind.NONE, way=Way.MAIL, author="ola@example.no", words="Nei").answer.id,
    ]
    with writing(database) as connection:
        erasing.erase(connection, subscriber_id=per.id, pseudonyms=PSEUDONYMS, now=NOW)
        left = [answers.find(connection, each) for each in ids]
    assert [(each.by, each.words) for each in left if each] == [(FORGOTTEN, ""), ("ola@example.no", "Nei")]


def test_who_is_erased_leaves_the_vendors_answer_without_words_or_writer(database: Engine) -> None:
    person = contact(database)
    said = say(database, person, way=Way.MAIL, author="sjef@example.no", words="Ring meg på 99 99 99 99")
    with writing(database) as connection:
        erasing.erase(connection, subscriber_id=person.id, pseudonyms=PSEUDONYMS, now=NOW)
        left = answers.find(connection, said.answer.id)
    assert left is not None
    assert (left.kind, left.counts, left.words, left.by) == (AnswerKind.DONE, True, "", "")


def test_everybody_s_export_holds_what_they_wrote_and_nobody_else_did(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    mailed = partial(say, database, kari, way=Way.MAIL)
    say(database, kari, AnswerKind.NEED_HELP, words="Kari")
    mailed(AnswerKind.DONE, author="PER@example.no", words="Per")
    mailed(AnswerKind.NONE, author="ida@foreign.example", words="Ida")
    with reading(database) as connection:
        exported = [exporting.export(connection, each.id, pseudonyms=PSEUDONYMS) for each in (kari, per)]
        exported.append(exporting.export_written(connection, "Ida@foreign.example"))
    assert [[each["words"] for each in found["answers"]] for found in exported] == [
        ["Kari"],
        ["Per"],
        ["Ida"],
    ]


def test_who_answered_for_somebody_is_not_taken_for_them_once_forgotten(database: Engine) -> None:
    kari = contact(database)
    said = say(database, kari, way=Way.MAIL, author="per@example.no")
    with writing(database) as connection:
        writers.forget_old(connection, before=NOW + DAY, limit=10)
        given = answers.with_givers(connection, [said.answer.id])
        assert exporting.export(connection, kari.id, pseudonyms=PSEUDONYMS)["answers"] == []
    assert [(each.address, each.answer.by) for each in given.values()] == [("", FORGOTTEN)]
    looked = look_up(engine=database, addressee=kari.addressee, now=NOW, **RULED)
    assert isinstance(looked, Given)
    assert looked.said["portal"].author == ""


def test_an_answer_is_no_more_recorded_for_who_is_erased_meanwhile(database: Engine) -> None:
    person = contact(database)
    answering = partial(
        answer, engine=database, addressee=person.addressee, change_id="portal", kind=AnswerKind.NEED_HELP,
        words="Ring Kari", way=Way.PAGE, contact="", now=NOW, **RULED,
    )  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            erasing.erase(connection, subscriber_id=person.id, pseudonyms=PSEUDONYMS, now=NOW)
            answered = pool.submit(answering)
            wait([answered], timeout=0.4)
        assert answered.result() is None
    assert kinds(database) == []
