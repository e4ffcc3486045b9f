"""A private calendar's address: the one with the latest serial works, the ones before are gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from notifier.compose.links import Links
from notifier.consent.private_calendar import holders_of
from notifier.core.cadence import parse_cadence
from notifier.core.holder import GONE, NEVER, Holder, Retold
from notifier.core.subscription import EVERYTHING, Followed, Subscriber, parse_topic
from notifier.core.text import Language
from notifier.store import calendars, choices, erasing, leaving, subscribers
from notifier.store.engine import writing
from tests.core.lists import TIMING
from tests.store.people import JUNE, KEYED, MAY, join

LINKS = Links(base_url="https://varsel.example.no", keys=("key",))


def token_of(person: Subscriber) -> str:
    url = LINKS.private_calendar(person.public_id, person.calendar_serial)
    return url.removeprefix("https://varsel.example.no/calendar/private/").removesuffix(".ics")


def look_up(database: Engine, token: str) -> object:
    (found,) = holders_of(engine=database, links=LINKS, tokens=[token], timing=TIMING)
    return found


def holder_as(person: Subscriber, since: datetime, retold: Retold = NEVER) -> Holder:
    return Holder(
        followed=person.followed,
        language=person.language,
        cadence=person.cadence,
        cadence_since=person.cadence_since,
        since=since,
        retold=retold,
    )


def rotate(database: Engine, person: Subscriber) -> bool:
    with writing(database) as connection:
        return calendars.rotate(connection, person.id, serial=person.calendar_serial)


def read_back(database: Engine, person: Subscriber) -> Subscriber:
    with writing(database) as connection:
        return subscribers.load(connection, [person.id])[person.id]


def test_a_calendar_knows_what_its_holder_has_left_out(database: Engine) -> None:
    kari, excluded = join(database), parse_topic("change:par")
    for followed in (Followed((EVERYTHING,), (excluded,)), Followed((EVERYTHING,))):
        with writing(database) as connection:
            choices.put(
                connection, kari.id, language=kari.language, followed=followed, cadence=None, vendor=None, now=MAY
            )  # fmt: skip
        held = look_up(database, token_of(kari))
        assert isinstance(held, Holder)
        assert held.followed == followed


def test_an_address_leads_to_its_subscriber_and_what_they_follow(database: Engine) -> None:
    kari = join(database, "kari@epj.example.no", "service:helseid")
    ola = join(database, "ola@epj.example.no")
    assert look_up(database, token_of(kari)) == holder_as(kari, MAY)
    assert look_up(database, token_of(ola)) == holder_as(ola, MAY)
    assert len(token_of(kari)) >= 40


def test_rotating_ends_the_address_before_and_pressing_twice_rotates_once(database: Engine) -> None:
    kari = join(database)
    first = token_of(kari)
    assert rotate(database, kari)
    assert not rotate(database, kari)
    assert look_up(database, first) is GONE
    assert isinstance(look_up(database, token_of(read_back(database, kari))), Holder)


@pytest.mark.parametrize("altered", ["", "x", "å" * 40, "0" * 43, "{}x", "x{}", "{}.1"])
def test_an_altered_address_is_not_known(database: Engine, altered: str) -> None:
    assert look_up(database, altered.format(token_of(join(database)))) is None


def test_a_link_made_for_something_else_is_no_calendar(database: Engine) -> None:
    kari = join(database)
    undo = LINKS.undo(kari.public_id, 1).rpartition("/")[2]
    assert look_up(database, undo) is None


def test_who_left_or_is_forgotten_has_no_calendar_and_who_is_suspended_has(database: Engine) -> None:
    kari = join(database)
    token = token_of(kari)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=kari.id, why="bounced", now=JUNE)
    assert isinstance(look_up(database, token), Holder)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=kari.id, why="one-click", now=JUNE)
    assert look_up(database, token) is GONE
    with writing(database) as connection:
        erasing.erase(connection, pseudonyms=KEYED, subscriber_id=kari.id, now=JUNE)
    assert look_up(database, token) is None


def test_who_comes_back_has_their_calendar_again_as_of_then(database: Engine) -> None:
    kari = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=kari.id, why="one-click", now=MAY)
    back = join(database, now=JUNE)
    assert look_up(database, token_of(kari)) == holder_as(back, JUNE, Retold(times=1, at=JUNE))


def test_choosing_anew_counts_as_a_change_of_the_calendar(database: Engine) -> None:
    kari = join(database)
    with writing(database) as connection:
        choices.put(
            connection,
            kari.id,
            language=Language.NN,
            followed=Followed((parse_topic("service:preg"),)),
            cadence=None,
            vendor=None,
            now=JUNE,
        )
    found = look_up(database, token_of(kari))
    assert isinstance(found, Holder)
    assert (found.since, found.language) == (JUNE, Language.NN)


def test_another_language_or_other_leads_reword_every_event_and_other_topics_none(database: Engine) -> None:
    kari = join(database)
    cadence = parse_cadence(["30d"])
    turns = [
        (Language.NB, "service:preg", None, 0),
        (Language.NN, "service:preg", None, 1),
        (Language.NN, "service:preg", cadence, 2),
        (Language.NN, "everything", cadence, 2),
        (Language.NB, "everything", None, 3),
    ]
    for day, (language, topic, own, times) in enumerate(turns, start=1):
        now = JUNE + timedelta(days=day)
        with writing(database) as connection:
            choices.put(
                connection,
                kari.id,
                language=language,
                followed=Followed((parse_topic(topic),)),
                cadence=own,
                vendor=None,
                now=now,
            )
        found = look_up(database, token_of(kari))
        assert isinstance(found, Holder)
        assert found.retold.times == times
        assert (found.retold.at == now) is (day in (2, 3, 5))


def test_many_are_looked_up_together_each_for_themselves(database: Engine) -> None:
    kari = join(database, "kari@epj.example.no", "service:preg", "service:helseid")
    ola = join(database, "ola@epj.example.no")
    assert rotate(database, ola)
    tokens = [token_of(ola), "altered", token_of(kari), token_of(read_back(database, ola)), token_of(kari)]
    found = holders_of(engine=database, links=LINKS, tokens=tokens, timing=TIMING)
    assert [found[0], found[1]] == [GONE, None]
    assert found[2] == found[4] == holder_as(kari, MAY)
    assert found[3] == holder_as(ola, MAY)
    assert holders_of(engine=database, links=LINKS, tokens=["altered"], timing=TIMING) == [None]
