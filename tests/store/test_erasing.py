"""Erasure, what stays provable after it, and the export of what is stored."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, text

from notifier.core.caps import CapScope
from notifier.core.pseudonym import PERSON, Pseudonyms, shortened
from notifier.core.retention import DEFAULT_RETENTION
from notifier.jobs.prune import prune
from notifier.store import (
    alerts,
    erasing,
    exporting,
    finding,
    joining,
    notices,
    partings,
    suppressions,
    vendors,
)
from notifier.store import subscribers as stored
from notifier.store.caps import spend
from notifier.store.engine import reading, writing
from notifier.store.joining import Joined
from notifier.store.tables import attempts, metadata, subscribers
from tests.store.people import JUNE, KEYED, MAY, a_joiner, join, outcomes

KARI = "kari.nordmann@epj.example.no"


def erased(engine: Engine, *, vendor: str | None = None) -> int:
    """Somebody who was told something and is erased in June; answers their id."""
    with writing(engine) as connection:
        if vendor:
            vendors.put_many(connection, [vendors.checked(vendor_id=vendor, name="EPJ AS")], now=MAY)
    person = join(engine, KARI, basis=f"told {KARI} by phone", vendor=vendor)
    with writing(engine) as connection:
        record_a_reply(connection, f"550 5.1.1 <{KARI}> unknown")
        assert erasing.erase(connection, subscriber_id=person.id, pseudonyms=KEYED, now=JUNE)
        assert not erasing.erase(connection, subscriber_id=person.id, pseudonyms=KEYED, now=JUNE)
    return person.id


def record_a_reply(connection: Connection, reply: str) -> None:
    """As recording a Verdict of the first Message would."""
    row = {"message_id": 1, "at": MAY, "phase": "rcpt", "fault": "address", "code": 550, "reply": reply}
    connection.execute(insert(attempts).values(row))
    connection.execute(text("UPDATE messages SET last_reply = :reply WHERE id = 1"), {"reply": reply})


def everything(engine: Engine) -> str:
    """Every row of every table."""
    with reading(engine) as connection:
        return "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)


def test_who_is_erased_is_found_in_no_table(database: Engine) -> None:
    erased(database)
    assert "nordmann" not in everything(database)
    with reading(database) as connection:
        assert connection.scalar(select(subscribers.c.state)) == "erased"
    assert outcomes(database) == ["left"]


def test_operators_hear_that_what_a_vendors_contact_followed_is_forgotten(database: Engine) -> None:
    erased(database, vendor="epj")
    with reading(database) as connection:
        told = {each.key: each.text for each in alerts.open_alerts(connection)}
    assert "forgotten:epj" in told
    assert not any("nordmann" in text for text in told.values())


def test_nobody_hears_of_the_erasure_of_whoever_spoke_for_no_vendor(database: Engine) -> None:
    erased(database)
    with reading(database) as connection:
        assert alerts.open_alerts(connection) == ()


def test_what_a_server_says_after_somebody_was_erased_is_forgotten_too(database: Engine) -> None:
    erased(database)
    with writing(database) as connection:
        record_a_reply(connection, f"550 5.1.1 <{KARI}> unknown")
    prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=KEYED, now=JUNE + timedelta(hours=1))
    assert "nordmann" not in everything(database)


def test_for_a_time_their_telling_is_found_by_address_vendor_and_pseudonym_then_by_nothing(
    database: Engine,
) -> None:
    person = erased(database, vendor="epj-as")
    renewed = Pseudonyms(("key", "a newer one"))
    in_log = shortened(KEYED.of(PERSON, KARI))
    with reading(database) as connection:
        for text_of in (KARI, KARI.upper(), in_log):
            found = finding.named(connection, text_of, pseudonyms=renewed)
            assert found is not None
            assert (found.id, found.vendor, KARI in str(found)) == (person, "epj-as", False)
        assert len(notices.of_subscriber(connection, person, "portal")) == 1
    with writing(database) as connection:
        partings.part(connection, {person: None}, now=JUNE)

    kept = JUNE + DEFAULT_RETENTION.erased
    for now, is_found in ((kept, True), (kept + timedelta(seconds=1), False)):
        prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=KEYED, now=now)
        with reading(database) as connection:
            assert (finding.named(connection, KARI, pseudonyms=KEYED) is not None) is is_found
            assert (finding.named(connection, in_log, pseudonyms=KEYED) is not None) is is_found
    with reading(database) as connection:
        assert connection.scalar(select(subscribers.c.vendor_id)) is None
        assert partings.of_contacts(connection, "epj-as") == {}
    assert outcomes(database) == ["left"]


def test_a_pseudonym_out_of_the_log_names_whoever_subscribes(database: Engine) -> None:
    person, _ = join(database, KARI), join(database, "ola@epj.example.no")
    with reading(database) as connection:
        for named in (str(person.id), KEYED.person(KARI), Pseudonyms(("key", "newer")).persons(KARI)[1]):
            found = finding.named(connection, named, pseudonyms=Pseudonyms(("key", "newer")))
            assert found is not None
            assert found.id == person.id
        assert finding.named(connection, KEYED.person("per@epj.example.no"), pseudonyms=KEYED) is None


def test_the_same_address_may_join_again_after_erasure_as_a_stranger(database: Engine) -> None:
    person = erased(database)
    with writing(database) as connection:
        added = joining.add_many(connection, [a_joiner(KARI)], now=JUNE)
        again = finding.named(connection, KARI, pseudonyms=KEYED)
    assert added[0].joined is Joined.NEW
    assert again is not None
    assert again.id == added[0].subscriber_id != person


def test_the_form_may_ask_who_was_erased_but_never_who_denied(database: Engine) -> None:
    erased(database)
    with writing(database) as connection:
        among = [KARI, "ola@epj.example.no"]
        assert not suppressions.is_suppressed(connection, KARI, pseudonyms=KEYED)
        assert suppressions.suppressed_among(connection, among, pseudonyms=KEYED) == {KARI}
        suppressions.suppress(connection, KARI, pseudonyms=KEYED, now=JUNE)
        assert suppressions.is_suppressed(connection, KARI, pseudonyms=KEYED)
        assert suppressions.lift(connection, KARI, pseudonyms=KEYED) is suppressions.Suppressed.DENIED
        assert suppressions.lift(connection, KARI, pseudonyms=KEYED) is None


def test_an_export_holds_everything_about_one_person_and_nothing_about_others(database: Engine) -> None:
    person, _ = join(database), join(database, "ola@epj.example.no")
    with writing(database) as connection:
        record_a_reply(connection, "451 try later")
        partings.part(connection, {person.id: "blabaer"}, now=JUNE)
        for address in ("kari@epj.example.no", "ola@epj.example.no"):
            spend(connection, {CapScope.ADDRESS: address}, pseudonyms=KEYED, today=MAY.date())
        found = exporting.export(connection, person.id, pseudonyms=KEYED)
    written = json.dumps(found)
    assert {name: len(rows) for name, rows in found.items() if isinstance(rows, list)} == {
        "subscriber": 1,
        "subscriptions": 1,
        "exclusions": 0,
        "continuations": 0,
        "notices": 1,
        "messages": 1,
        "attempts": 1,
        "asks": 0,
        "partings": 1,
        "answers": 0,
        "vendor": 0,
        "alerts": 0,
        "caps": 1,
    }
    assert found["suppressed"] is False
    assert found["subscriber"][0]["joined_at"] == MAY.isoformat()
    assert "451 try later" in written
    assert "ola@" not in written


def test_every_table_that_leads_to_a_person_is_in_the_export(database: Engine) -> None:
    person = join(database)
    with reading(database) as connection:
        found = exporting.export(connection, person.id, pseudonyms=KEYED)
    leads = {"subscribers"}
    for _ in metadata.sorted_tables:
        leads |= {
            table.name
            for table in metadata.sorted_tables
            if any(key.column.table.name in leads for key in table.foreign_keys)
        }
    assert len(leads) > 4
    assert leads - {"subscribers"} <= found.keys()


def test_who_left_long_ago_is_erased_and_who_asks_again_is_not(database: Engine) -> None:
    people = [join(database, f"person{number}@epj.example.no") for number in range(3)]
    with writing(database) as connection:
        for person in people[:2]:
            connection.execute(
                subscribers.update().where(subscribers.c.id == person.id).values(state="left", ended_at=MAY)
            )
        connection.execute(text("UPDATE messages SET state = 'sent'"))
        connection.execute(
            insert(metadata.tables["asks"]).values(
                subscriber_id=people[1].id, language="nb", topics="", way="page", nonce="n",
                asked_at=MAY + DEFAULT_RETENTION.ended, expires=MAY + DEFAULT_RETENTION.ended,
            )
        )  # fmt: skip
    now = MAY + DEFAULT_RETENTION.ended + timedelta(days=1)
    prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=KEYED, now=now)
    with reading(database) as connection:
        found = stored.load(connection, [person.id for person in people])
        states = [found[person.id].state.value for person in people]
    assert states == ["erased", "left", "active"]
    with writing(database) as connection:
        connection.execute(delete(metadata.tables["asks"]))
    assert "person1" in everything(database)
