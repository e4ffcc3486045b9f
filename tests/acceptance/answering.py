"""Vendors that answer, in a story."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from notifier.consent.answering import Answered, answer
from notifier.core.answer import AnswerKind, Way
from notifier.store import changes, subscribers, vendors
from notifier.store.engine import reading, writing
from notifier.store.tables import notices
from notifier.store.tables import subscribers as people
from notifier.store.vendors import Vendor
from tests.acceptance.story import Story


def a_vendor(story: Story, vendor_id: str, *domains: str, name: str = "", now: datetime) -> None:
    """An operator adds a Vendor."""
    with writing(story.parts.engine) as connection:
        vendors.add(connection, Vendor(id=vendor_id, name=name or vendor_id, domains=domains), now=now)


def answers(
    story: Story,
    address: str,
    change_id: str,
    kind: AnswerKind,
    *,
    now: datetime,
    planned: date | None = None,
    words: str = "",
    way: Way = Way.PAGE,
    author: str = "",
) -> Answered:
    """Somebody answers by the page that a link leads to, or `author` by a reply to what they were sent."""
    parts = story.parts
    with reading(parts.engine) as connection:
        found, current = subscribers.find(connection, address), changes.in_force(connection)
    assert found is not None
    assert current is not None
    said = answer(
        engine=parts.engine,
        addressee=found.addressee,
        change_id=change_id,
        kind=kind,
        planned=planned,
        words=words,
        way=way,
        author=author,
        changes=current.changes,
        contact=parts.letterhead.contact,
        rules=parts.settings.answer_rules,
        timing=parts.timing,
        now=now,
    )
    assert said is not None
    return said


def ledger(story: Story, address: str, change_id: str) -> list[tuple[str, str, str]]:
    """What became of every Notice of a Change to somebody: its kind, its Lead and its outcome, as it fell due."""
    chosen = (
        select(notices.c.kind, notices.c.lead, notices.c.outcome)
        .join_from(notices, people, people.c.id == notices.c.subscriber_id)
        .where(people.c.address == address, notices.c.deadline.startswith(f"{change_id}/"))
        .order_by(notices.c.due, notices.c.id)
    )
    with reading(story.parts.engine) as connection:
        return [(row.kind, row.lead, row.outcome) for row in connection.execute(chosen)]
