"""What must hold of a world that has come to rest: all has left, and nothing that was owed is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from notifier.core.backoff import RELAY_MINUTES
from notifier.core.cadence import parse_cadence
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.history import Entry
from notifier.core.message import ON_THEIR_WAY, UNCOMPOSED
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import cadence_for, news_kind, reminder_steps
from notifier.core.subscription import Scope, SubscriberState
from notifier.core.timing import Timing
from notifier.store import changes
from notifier.store.engine import reading
from notifier.store.tables import exclusions, relay, subscriptions
from tests.simulation.accounts import Accounts
from tests.simulation.people import People
from tests.simulation.process import running
from tests.simulation.spared import promised

# What may become of the last news of a Deadline. It is cancelled only where it undoes other news that was not told.
_NEWS_ENDS_AS = {Outcome.SENT, Outcome.FAILED, Outcome.UNKNOWN, Outcome.SUSPENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An active Subscriber, a Change that they follow, and since when."""

    person: Row[Any]
    change: Change
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the list in force says, what happened to it, and who follows it."""

    changes: ChangeList
    effects: Mapping[str, datetime]
    history: Mapping[str, tuple[Entry, ...]]
    following: tuple[Following, ...]


def assert_finished(people: People, accounts: Accounts, *, timing: Timing, now: datetime) -> None:
    """What holds once the faults have stopped for long enough, but for those whose rows or mails are broken still."""
    stuck = people.operators.poisoned
    waiting = [row.subscriber_id for row in accounts.messages.values() if row.state in ON_THEIR_WAY]
    owed = {row.subscriber_id for row in accounts.notices.values() if row.outcome == Outcome.OWED}
    assert owed <= stuck, "all is told"
    assert stuck.issuperset(waiting), "all has left"
    # Not all that waits has been tried by the time that nobody else does.
    tried = [row for row in accounts.messages.values() if row.last_reply.startswith(UNCOMPOSED)]
    uncomposed = any(row.state in ON_THEIR_WAY for row in tried)
    assert not uncomposed or any(key.startswith("composing:") for key in accounts.alerts), (
        "silence is noticed: operators do not know what cannot be composed"
    )
    for row in accounts.alerts.values():
        told = row.resolved_at is not None or (row.logged_at is not None and row.mailed_at is not None)
        assert told, f"silence is noticed: operators were not told of {row.key}"
    state = _read(people, accounts, now)
    _nothing_is_missing(people, accounts, state, timing=timing, now=now)
    _promises_are_followed_up(people, accounts, state, timing=timing, now=now)


def _read(people: People, accounts: Accounts, now: datetime) -> State:
    with running(None), reading(people.engine) as connection:
        for row in connection.execute(select(relay)):
            # Whoever came last may have left before anybody tried again.
            longest = timedelta(minutes=max(RELAY_MINUTES))
            assert row.open_until is None or row.open_until <= now + longest, (
                "the breaker closes, or lets the next one try"
            )
        current = changes.in_force(connection)
        assert current is not None
        followed = connection.execute(select(subscriptions)).all()
        excluded = connection.execute(select(exclusions)).all()
        return State(
            changes=current.changes,
            effects=changes.effects(connection),
            history=changes.history(connection),
            following=tuple(_following(accounts, current.changes, followed, excluded)),
        )


def _following(accounts: Accounts, current: ChangeList, followed: Any, excluded: Any) -> Iterator[Following]:
    for row in followed:
        person = accounts.people[row.subscriber_id]
        if person.state == SubscriberState.ACTIVE:
            for change in current.changes:
                if row.scope != Scope.EVERYTHING and row.target != change.id:
                    continue
                against = [
                    each.lifted_at
                    for each in excluded
                    if each.subscriber_id == row.subscriber_id
                    and row.scope == Scope.EVERYTHING
                    and each.target in (change.id, change.service)
                ]
                if all(against):
                    since = max([person.joined_at, row.since, *against])
                    yield Following(person=person, change=change, since=since)


def _nothing_is_missing(
    people: People, accounts: Accounts, state: State, *, timing: Timing, now: datetime
) -> None:
    """Everything that the list and the calendar owe an active Subscriber has a row in the Ledger."""
    ledger = {
        (n.subscriber_id, n.deadline, n.kind, n.lead, n.spoken, n.revision): n
        for n in accounts.notices.values()
    }
    for each in state.following:
        person = each.person
        assert (person.id, "", NoticeKind.STANDING, "", "", person.generation) in ledger, (
            "joining is answered"
        )
        for deadline in each.change.deadlines:
            key = each.change.key(deadline)
            for step in _reminders(each, deadline, state.effects[key], timing):
                if step.due <= now:
                    assert (person.id, *step.identity) in ledger, (
                        f"none lost: {key} {step.lead} to {person.id}"
                    )
            news = [
                (person.id, key, kind, "", entry.difference.new.written, entry.revision)
                for entry in state.history.get(key, ())
                if (kind := news_kind(entry)) is not None and each.since < entry.at <= now
            ]
            for row in news:
                assert row in ledger, f"none lost: news of {key} to {person.id}"
            told = (
                person.id in people.operators.poisoned
                or not news
                or ledger[news[-1]].outcome in _NEWS_ENDS_AS
            )
            if not told:
                undone = len(news) > 1 and ledger[news[-1]].outcome == Outcome.CANCELLED
                assert undone, f"none lost: the last news of {key} was not told to {person.id}"


def _promises_are_followed_up(
    people: People, accounts: Accounts, state: State, *, timing: Timing, now: datetime
) -> None:
    """Whoever promised a day is reminded of it, and asked afterwards; all of a Vendor who follow the Change."""
    ledger = {(n.subscriber_id, n.kind, n.revision) for n in accounts.notices.values()}
    for each in state.following:
        # What falls due while somebody is suspended is not owed to them.
        if each.person.id not in people.resumed:
            promise = promised(people.answerers, each.change, each.person, timing=timing, now=now)
            for kind, answer_id, due in promise:
                owed = (each.person.id, kind, answer_id)
                assert due <= each.since or owed in ledger, f"answers: {kind} of {answer_id} to {owed[0]}"


def _reminders(each: Following, deadline: Deadline, effect: datetime, timing: Timing) -> Iterator[Any]:
    """The reminders of one Deadline to one person, from when all that decides of them took effect."""
    own = each.person.cadence and parse_cadence(each.person.cadence.split())
    since = max(each.since, effect, each.person.cadence_since or each.since)
    steps = reminder_steps(
        each.change.key(deadline), deadline, cadence_for(own or None, deadline, timing), timing
    )
    return (step for step in steps if step.due > since)
