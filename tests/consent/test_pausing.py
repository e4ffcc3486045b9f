"""Operators hear when nobody of a Vendor is mailed before one of its dates."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from notifier.consent.choosing import choose
from notifier.core.answer import AnswerKind
from notifier.core.subscription import Followed, Subscriber, parse_topic
from notifier.store import alerts
from notifier.store.engine import reading
from tests.consent.saying import CHANGES, MAY, NOW, contact, say
from tests.core.lists import TIMING
from tests.store.test_imprints import publish

BEYOND = NOW + timedelta(days=300)


def pause(engine: Engine, person: Subscriber, until: datetime | None, *, topic: str = "everything") -> None:
    followed = Followed((parse_topic(topic),))
    assert choose(
        engine=engine, addressee=person.addressee, language=person.language, followed=followed, cadence=None,
        paused_until=until, timing=TIMING, now=NOW, elapsed=None,
    )  # fmt: skip


def told(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {
            each.key: each.text for each in alerts.open_alerts(connection) if each.key.startswith("paused:")
        }


def test_a_vendors_last_contact_who_pauses_over_a_date_is_told_of_until_they_end_it(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, kari, BEYOND)
    assert told(database) == {}
    pause(database, ola, BEYOND)
    ((key, text),) = told(database).items()
    assert (key, "portal/end" in text, "example.no" in text) == ("paused:blabaer", True, False)
    pause(database, ola, None)
    assert told(database) == {}


def test_who_follows_something_else_hears_of_nothing_in_their_place(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, ola, None, topic="change:preg")
    pause(database, kari, BEYOND)
    assert "portal/end" in told(database)["paused:blabaer"]
    assert "preg/end" not in told(database)["paused:blabaer"]
    pause(database, ola, BEYOND, topic="change:preg")
    assert "preg/end" in told(database)["paused:blabaer"]
    pause(database, ola, None, topic="change:preg")
    assert "portal/end" in told(database)["paused:blabaer"]
    pause(database, kari, None)
    assert told(database) == {}


def test_a_pause_that_ends_before_any_date_alarms_nobody(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    pause(database, contact(database), NOW + timedelta(days=1))
    assert told(database) == {}


def test_nor_does_one_of_a_vendor_that_is_ready(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    kari = contact(database)
    for change in ("portal", "preg"):
        say(database, kari, AnswerKind.DONE, change_id=change)
    pause(database, kari, BEYOND)
    assert told(database) == {}
