"""Operators hear when nobody of a Vendor is mailed before one of its dates."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, update

from notifier.consent.choosing import choose
from notifier.consent.leaving import leave
from notifier.core.answer import AnswerKind, AnswerRules, Evidence
from notifier.core.readiness import Waiver
from notifier.core.subscription import Followed, Subscriber, parse_topic
from notifier.jobs.alert import review
from notifier.store import alerts, evidence, leaving, waivers
from notifier.store.engine import reading, writing
from notifier.store.tables import subscribers, subscriptions
from tests.consent.saying import CHANGES, DAY, MAY, NOW, contact, say
from tests.core.lists import TIMING, a_change, a_list
from tests.store.test_imprints import publish

BEYOND = NOW + timedelta(days=300)


def pause(engine: Engine, person: Subscriber, until: datetime | None, *, topic: str = "everything") -> None:
    followed = Followed((parse_topic(topic),))
    assert choose(
        engine=engine, addressee=person.addressee, language=person.language, followed=followed, cadence=None,
        paused_until=until, changes=None, timing=TIMING, now=NOW, elapsed=None,
    )  # fmt: skip


def told(engine: Engine) -> dict[str, str]:
    review(engine=engine, timing=TIMING, rules=AnswerRules(), base_url="https://varsel.example.no", now=NOW)
    with reading(engine) as connection:
        return {
            each.key: each.text for each in alerts.open_alerts(connection) if each.key.startswith("unheard:")
        }


def test_a_vendors_last_contact_who_pauses_over_a_date_is_told_of_until_they_end_it(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, kari, BEYOND)
    assert told(database) == {}
    pause(database, ola, BEYOND)
    ((key, text),) = told(database).items()
    assert (key, "portal/end" in text, "example.no" in text) == ("unheard:blabaer", True, False)
    pause(database, ola, None)
    assert told(database) == {}


def test_who_follows_something_else_hears_of_nothing_in_their_place(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, ola, None, topic="change:preg")
    pause(database, kari, BEYOND)
    assert "portal/end" in told(database)["unheard:blabaer"]
    assert "preg/end" not in told(database)["unheard:blabaer"]
    pause(database, ola, BEYOND, topic="change:preg")
    assert "preg/end" in told(database)["unheard:blabaer"]
    pause(database, ola, None, topic="change:preg")
    assert "portal/end" in told(database)["unheard:blabaer"]
    pause(database, kari, None)
    assert told(database) == {}


def test_a_pause_that_ends_before_any_date_alarms_nobody(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    pause(database, contact(database), NOW + timedelta(days=1))
    assert told(database) == {}


def test_nor_does_one_of_a_vendor_that_is_ready_until_it_is_seen_using_the_old_way(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    kari = contact(database)
    for change in ("portal", "preg"):
        say(database, kari, AnswerKind.DONE, change_id=change)
    pause(database, kari, BEYOND)
    assert told(database) == {}
    with writing(database) as connection:
        seen = Evidence(
            vendor="blabaer", change_id="portal", calls=500, last_seen=NOW.date() + DAY, at=NOW + DAY
        )
        evidence.add(connection, [seen])
    assert "portal/end" in told(database)["unheard:blabaer"]
    assert "preg/end" not in told(database)["unheard:blabaer"]


def test_a_contact_who_leaves_and_a_date_that_moves_are_noticed_as_well(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, kari, NOW + timedelta(days=50))
    _, preg, over = CHANGES.changes
    publish(database, a_list(a_change("2026-09-20"), preg, over, revision=2), now=NOW)
    assert told(database) == {}
    assert leave(engine=database, addressee=ola.addressee, why="the link", now=NOW)
    assert "portal/end (2026-09-20)" in told(database)["unheard:blabaer"]
    publish(database, a_list(a_change(), preg, over, revision=3), now=NOW)
    assert told(database) == {}
    publish(database, a_list(a_change(), a_change("2026-09-05", name="preg"), over, revision=4), now=NOW)
    assert "preg/end (2026-09-05)" in told(database)["unheard:blabaer"]


def test_what_its_text_names_anew_operators_are_told_anew(database: Engine) -> None:
    kari = contact(database)
    publish(database, CHANGES, now=MAY)
    pause(database, kari, BEYOND)
    told(database)
    with writing(database) as connection:
        known = [each.id for each in alerts.open_alerts(connection)]
        alerts.mark_told(connection, known, way=alerts.Way.LOGGED, now=NOW)
    told(database)
    with reading(database) as connection:
        assert not alerts.untold(connection, alerts.Way.LOGGED)
    say(database, kari, AnswerKind.DONE, change_id="preg")
    assert "preg" not in told(database)["unheard:blabaer"]
    with reading(database) as connection:
        assert [each.key for each in alerts.untold(connection, alerts.Way.LOGGED)] == ["unheard:blabaer"]


def test_a_contact_who_cannot_be_mailed_hears_of_nothing_though_others_do_of_other_things(
    database: Engine,
) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, ola, None, topic="change:preg")
    assert told(database) == {}
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=kari.id, why="5.1.1 gone", now=NOW)
    ((key, text),) = told(database).items()
    assert (key, "portal/end (2026-12-01)" in text, "preg" in text) == ("unheard:blabaer", True, False)
    assert "is suspended" in text
    with writing(database) as connection:
        leaving.resume(connection, subscriber_id=kari.id, now=NOW)
    assert told(database) == {}


def test_nor_does_one_who_left_until_the_vendor_is_let_off(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    publish(database, CHANGES, now=MAY)
    pause(database, ola, None, topic="change:preg")
    assert leave(engine=database, addressee=kari.addressee, why="the link", now=NOW)
    assert "portal/end (2026-12-01)" in told(database)["unheard:blabaer"]
    waiver = Waiver(
        vendor="blabaer", change_id="portal", by="Kari", reason="", until=TIMING.today(NOW), at=NOW
    )
    with writing(database) as connection:
        waivers.add(connection, waiver)
    assert told(database) == {}


def test_nor_does_it_matter_what_was_announced_only_after_they_left(database: Engine) -> None:
    kari, ola = contact(database), contact(database, "ola@epj.example.no")
    pause(database, ola, None, topic="change:preg")
    assert leave(engine=database, addressee=kari.addressee, why="the link", now=MAY)
    publish(database, CHANGES, now=NOW)
    assert told(database) == {}


def test_a_row_that_cannot_be_read_silences_nothing(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    kari = contact(database)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=kari.id, why="5.1.1 gone", now=NOW)
        connection.execute(update(subscribers).values(language="xx", cadence="soon"))
    assert "unheard:blabaer" in told(database)


def test_of_many_dates_the_soonest_are_named(database: Engine) -> None:
    many = a_list(*(a_change(f"2026-12-{day:02}", name=f"change-{day}") for day in range(1, 9)))
    publish(database, many, now=MAY)
    kari = contact(database)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=kari.id, why="5.1.1 gone", now=NOW)
    text = told(database)["unheard:blabaer"]
    assert "change-5/end (2026-12-05), and 3 more dates before" in text
    assert "change-6" not in text


def test_a_topic_that_cannot_be_read_ends_no_alert_and_silences_no_other(database: Engine) -> None:
    publish(database, CHANGES, now=MAY)
    pause(database, contact(database), BEYOND)
    before = told(database)
    with writing(database) as connection:
        connection.execute(update(subscriptions).values(scope="damaged"))
        connection.execute(update(subscribers).values(cadence="soon"))
    assert told(database) == before
    with reading(database) as connection:
        assert "cadence:soon" in {each.key for each in alerts.open_alerts(connection)}
