"""Evidence that contradicts an Answer: what the Answer spared is owed again, in the same transaction."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine, insert, select

from notifier.core.answer import Answer, AnswerKind, AnswerRules, Evidence, Party, Way
from notifier.jobs.import_evidence import record
from notifier.store import answers, vendors
from notifier.store.engine import reading, writing
from notifier.store.tables import notices
from notifier.store.vendors import Vendor
from tests.core.lists import TIMING, a_change, a_list, oslo
from tests.store.people import join

CHANGES = a_list(a_change("2026-12-01"))
AUGUST, NOVEMBER = oslo("2026-08-03"), oslo("2026-11-20")


def spared(engine: Engine) -> None:
    """A contact of a Vendor that is done, and a reminder that this spared."""
    with writing(engine) as connection:
        vendors.add(connection, Vendor(id="blabaer", name="Blåbær"), now=AUGUST)
    person = join(engine, vendor="blabaer", now=AUGUST - timedelta(days=1))
    row = {
        "subscriber_id": person.id,
        "deadline": "portal/end",
        "kind": "reminder",
        "lead": "14d",
        "spoken": "2026-12-01",
        "due": oslo("2026-11-17", "08:00"),
        "expires": oslo("2026-12-02", "00:00"),
        "outcome": "answered",
        "decided_at": oslo("2026-11-17"),
    }
    said = Answer(
        id=0, party=Party(vendor="blabaer"), change_id="portal", kind=AnswerKind.DONE, at=AUGUST, way=Way.PAGE
    )
    with writing(engine) as connection:
        answers.add(connection, said)
        connection.execute(insert(notices).values(row))


def after(engine: Engine, *, calls: int, seen: str) -> tuple[int, list[str]]:
    """How many Answers were contradicted, and the outcomes of reminders then."""
    evidence = Evidence(
        vendor="blabaer", change_id="portal", calls=calls, last_seen=date.fromisoformat(seen), at=NOVEMBER
    )
    recorded = record(
        engine=engine, seen=[evidence], changes=CHANGES, timing=TIMING, rules=AnswerRules(), now=NOVEMBER
    )
    with reading(engine) as connection:
        chosen = select(notices.c.outcome).where(notices.c.kind == "reminder")
        return len(recorded.doubted), list(connection.scalars(chosen))


def test_use_after_the_answer_makes_its_reminder_owed_again(database: Engine) -> None:
    spared(database)
    assert after(database, calls=3, seen="2026-08-03") == (0, ["answered"])
    assert after(database, calls=0, seen="2026-11-19") == (0, ["answered"])
    assert after(database, calls=3, seen="2026-11-19") == (1, ["owed"])
    assert after(database, calls=3, seen="2026-11-19") == (1, ["owed"])
