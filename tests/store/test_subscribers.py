"""Finding Subscribers, changing what they chose, and counting who follows what."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from notifier.core.cadence import Cadence, parse_cadence
from notifier.core.subscription import Followed, Subscriber, SubscriberState, parse_topic
from notifier.core.text import Language
from notifier.store import choices, erasing, leaving, subscribers, vendors
from notifier.store.engine import reading, writing
from tests.store.people import JUNE, KEYED, MAY, join, look_up


def choose(
    engine: Engine,
    person: Subscriber,
    *follows: str,
    cadence: Cadence | None = None,
    vendor: str | None = None,
) -> Subscriber:
    with writing(engine) as connection:
        choices.put(
            connection, person.id, language=Language.EN, followed=Followed(tuple(map(parse_topic, follows))),
            cadence=cadence, vendor=vendor, now=JUNE,
        )  # fmt: skip
    return look_up(engine, person.address)


def followed(person: Subscriber) -> dict[str, object]:
    return {str(each.topic): each.since for each in person.subscriptions}


def test_an_address_is_found_however_it_is_spelt(database: Engine) -> None:
    person = join(database, "Kari@Blåbær.example.no")
    for spelling in ("kari@blåbær.example.no", "KARI@XN--BLBR-ROAH.example.NO", " kari@BLÅBÆR.example.no "):
        assert look_up(database, spelling) == person


def test_a_plus_tag_is_another_address(database: Engine) -> None:
    join(database, "kari@epj.example.no")
    with reading(database) as connection:
        assert subscribers.find(connection, "kari+nhn@epj.example.no") is None
        with pytest.raises(ValueError, match="not an e-mail address"):
            subscribers.find(connection, "kari")


def test_a_link_finds_the_one_it_was_made_for(database: Engine) -> None:
    kari, ola = join(database, "kari@epj.example.no"), join(database, "ola@epj.example.no")
    with reading(database) as connection:
        assert subscribers.by_public_id(connection, ola.public_id) == ola
        assert subscribers.by_public_id(connection, "nobody") is None
        assert subscribers.load(connection, [kari.id, ola.id, 999]) == {kari.id: kari, ola.id: ola}


def test_topics_followed_already_go_on_as_before(database: Engine) -> None:
    person = join(database, "kari@epj.example.no", "service:preg", "change:portal")
    changed = choose(database, person, "change:portal", "everything")
    assert followed(changed) == {"change:portal": MAY, "everything": JUNE}
    assert changed.language is Language.EN


def test_whoever_narrows_what_they_follow_keeps_what_was_due_and_not_told_yet(database: Engine) -> None:
    changed = choose(database, join(database), "service:preg", "change:portal")
    assert followed(changed) == {"service:preg": MAY, "change:portal": MAY}


def test_another_cadence_takes_effect_now_and_the_same_one_does_not(database: Engine) -> None:
    person = join(database, cadence=parse_cadence(["30d"]))
    same = choose(database, person, "everything", cadence=parse_cadence(["30d"]))
    assert same.cadence_since == MAY
    other = choose(database, person, "everything", cadence=parse_cadence(["7d"]))
    assert (str(other.cadence), other.cadence_since) == ("7d", JUNE)
    none = choose(database, person, "everything")
    assert (none.cadence, none.cadence_since) == (None, JUNE)


def test_following_nothing_is_possible(database: Engine) -> None:
    assert followed(choose(database, join(database))) == {}


def test_listing_names_everybody_but_the_erased_and_can_be_narrowed(database: Engine) -> None:
    with writing(database) as connection:
        vendors.add(connection, vendors.checked(vendor_id="epj", name="EPJ AS"), now=MAY)
    gone, kari = join(database, "anne@epj.example.no"), join(database, "Kari@epj.example.no", vendor="epj")
    left, erased = join(database, "ola@epj.example.no"), join(database, "per@epj.example.no")
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=gone.id, why="bounces", now=MAY)
        leaving.leave(connection, subscriber_id=left.id, why="unsubscribed", now=MAY)
        erasing.erase(connection, pseudonyms=KEYED, subscriber_id=erased.id, now=MAY)
        assert [each.id for each in subscribers.listing(connection)] == [gone.id, kari.id, left.id]
        active = subscribers.listing(connection, states=[SubscriberState.ACTIVE])
        assert [each.id for each in active] == [kari.id]
        assert [each.id for each in subscribers.listing(connection, vendor="epj")] == [kari.id]
        here = [state for state in SubscriberState if state is not SubscriberState.PENDING]
        assert subscribers.count_by_state(connection) == dict.fromkeys(here, 1)


def test_people_who_follow_any_of_the_changes_are_counted_once_each(database: Engine) -> None:
    join(database, "everything@epj.example.no", "everything", "service:preg", "change:portal")
    join(database, "service@epj.example.no", "service:preg")
    join(database, "change@epj.example.no", "change:portal")
    left = join(database, "left@epj.example.no")
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=left.id, why="unsubscribed", now=MAY)
        portal, preg = ("portal", "kjernejournal"), ("preg-ends", "preg")
        assert subscribers.people_following(connection, [portal]) == 2
        assert subscribers.people_following(connection, [preg]) == 2
        assert subscribers.people_following(connection, [portal, preg]) == 3
        assert subscribers.people_following(connection, [("new", "new")]) == 1
        assert subscribers.people_following(connection, []) == 0
