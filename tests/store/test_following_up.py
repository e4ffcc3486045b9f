"""What follows of Answers, in SQL: promises for a Party's followers, escalations for those who do not follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, select

from notifier.core.answer import AnswerKind, AnswerRules, Party
from notifier.core.cadence import parse_cadence
from notifier.core.less import followed_of
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut, reminder_steps
from notifier.core.promise import due_promises
from notifier.core.subscription import EVERYTHING, Followed, parse_topic
from notifier.store import changes, choices, escalating, leaving, promises, vendors
from notifier.store import subscribers as subscribers_of
from notifier.store.engine import reading, writing
from notifier.store.tables import notices, subscribers
from notifier.store.vendors import Vendor
from tests.core.lists import TIMING, a_deadline, a_list, oslo
from tests.core.test_stance import an_answer
from tests.store.people import JUNE, MAY, join

CHANGES = a_list()
REMINDER = replace(
    reminder_steps("portal/end", a_deadline(), TIMING.cadence, TIMING)[-1], due=oslo("2026-11-24", "08:00")
)
PEOPLE = {
    "follows@blabaer.example": ("blabaer", "everything"),
    "also@blabaer.example": ("blabaer", "change:portal"),
    "other@blabaer.example": ("blabaer", "service:preg"),
    "left@blabaer.example": ("blabaer", "service:preg"),
    "other@multe.example": ("multe", "service:preg"),
    "alone@lone.example": (None, "service:kjernejournal"),
}


def people(database: Engine) -> dict[str, int]:
    with writing(database) as connection:
        for name in ("blabaer", "multe"):
            vendors.add(connection, Vendor(id=name, name=name), now=MAY)
    ids = {
        address: join(database, address, topic, vendor=vendor).id
        for address, (vendor, topic) in PEOPLE.items()
    }
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=ids["left@blabaer.example"], why="test", now=JUNE)
    return ids


def told(database: Engine, kind: NoticeKind) -> list[str]:
    """Who is owed Notices of that kind, loose, by address."""
    chosen = (
        select(subscribers.c.address)
        .join_from(notices, subscribers, subscribers.c.id == notices.c.subscriber_id)
        .where(notices.c.kind == kind, notices.c.outcome == Outcome.OWED, notices.c.message_id.is_(None))
    )
    with reading(database) as connection:
        return sorted(connection.scalars(chosen.order_by(notices.c.id)))


def test_a_promise_is_followed_up_with_all_of_its_party_who_follow(database: Engine) -> None:
    ids = people(database)
    asked_only = {"anchor": "portal/end", "at": oslo("2026-11-14")}
    vendors_answer = an_answer(AnswerKind.PLANNED, "2026-11-15", **asked_only)
    own = replace(vendors_answer, id=2, party=Party(subscriber_id=ids["alone@lone.example"]))
    due = due_promises(
        [vendors_answer, own],
        changes=CHANGES,
        timing=TIMING,
        rules=AnswerRules(),
        now=oslo("2026-11-16"),
        finished=(),
    )
    with writing(database) as connection:
        assert promises.record(connection, due, now=oslo("2026-11-16")) == 3
        assert promises.record(connection, due, now=oslo("2026-11-16")) == 0
        later = [replace(each, step=replace(each.step, deadline="portal/test")) for each in due]
        assert promises.record(connection, later, now=oslo("2026-11-16")) == 0
    assert told(database, NoticeKind.QUESTION) == [
        "alone@lone.example", "also@blabaer.example", "follows@blabaer.example",
    ]  # fmt: skip


def test_an_escalation_goes_to_active_contacts_who_do_not_follow(database: Engine) -> None:
    people(database)
    fan_out = FanOut(
        step=REMINDER, change_id="portal", service="kjernejournal", outcome=Outcome.OWED, cadence=""
    )
    with writing(database) as connection:
        assert escalating.vendors_with_contacts(connection) == {"blabaer", "multe"}
        assert escalating.record(connection, fan_out, ["blabaer"], now=REMINDER.due) == 1
        assert escalating.record(connection, fan_out, ["blabaer"], now=REMINDER.due) == 0
        others = replace(fan_out, cadence=str(parse_cadence(["7d"])))
        assert escalating.record(connection, others, ["blabaer", "multe"], now=REMINDER.due) == 0
    assert told(database, NoticeKind.ESCALATION) == ["other@blabaer.example"]


def test_who_began_to_follow_as_it_had_fallen_due_is_escalated_to_all_the_same(database: Engine) -> None:
    """The reminder itself goes to those alone who followed before."""
    people(database)
    fan_out = FanOut(
        step=REMINDER, change_id="portal", service="kjernejournal", outcome=Outcome.OWED, cadence=""
    )
    before, after = (REMINDER.due + timedelta(seconds=each) for each in (-1, 1))
    out = followed_of([EVERYTHING], [parse_topic("change:portal")], CHANGES)
    with writing(database) as connection:
        changes.put_in_force(
            connection, changes=CHANGES, merged=CHANGES, differences=(), since={}, news=(), now=MAY
        )
        for address, steps in {
            "other@blabaer.example": [(Followed((EVERYTHING,)), after)],
            "follows@blabaer.example": [(out, before), (Followed((EVERYTHING,)), after)],
            # Without a gap, by another Topic.
            "also@blabaer.example": [(Followed((EVERYTHING,)), after)],
        }.items():
            for followed, now in steps:
                found = subscribers_of.find(connection, address)
                assert found is not None
                choices.put(
                    connection, found.id, language=found.language, followed=followed, cadence=None,
                    vendor=found.vendor, now=now,
                )  # fmt: skip
        assert escalating.count(connection, fan_out, ["blabaer"]) == 2
        assert escalating.record(connection, fan_out, ["blabaer"], now=after) == 2
    assert told(database, NoticeKind.ESCALATION) == ["follows@blabaer.example", "other@blabaer.example"]
