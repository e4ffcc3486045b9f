"""A Vendor's contacts, and what they say of a Change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, insert, select

from notifier.consent.answering import Answered, answer
from notifier.core.answer import (
    AnswerKind,
    AnswerRules,
    AnswerState,
    Party,
    Way,
)
from notifier.core.change import Status
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import Subscriber
from notifier.store import answers, vendors
from notifier.store.engine import reading, writing
from notifier.store.tables import notices
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
