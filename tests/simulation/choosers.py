"""Subscribers who choose Leads of their own: what had fallen due by then they must be told all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Engine, select

from notifier.consent.choosing import choose
from notifier.core.cadence import parse_cadence
from notifier.core.change import ChangeList
from notifier.core.less import again, parts_of, without
from notifier.core.notice import Step
from notifier.core.plan import cadence_for, reminder_steps
from notifier.core.subscription import Followed, Subscriber, SubscriberState
from notifier.store import changes, installation, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import notices
from notifier.store.tables import subscribers as people
from tests.core.lists import TIMING
from tests.simulation.moments import Clock

# None are the default ones.
LEADS = (None, None, parse_cadence(("10d", "4d", "1d")), parse_cadence(("8d", "5d", "0d")))


@dataclass(slots=True, kw_only=True)
class Choosers:
    """Whoever chooses."""

    engine: Engine
    random: Random
    clock: Clock

    def choose(self) -> str:
        """Somebody chooses other Leads on their page, or to leave something out; whoever serves it has just ticked."""
        now = self.clock.now()
        with writing(self.engine) as connection:
            installation.record_tick(connection, now=now)
            ids = connection.scalars(
                select(people.c.id).where(people.c.state == SubscriberState.ACTIVE)
            ).all()
            current, effects = changes.in_force(connection), changes.effects(connection)
            found = subscribers.load(connection, ids)
        if not ids or current is None:
            return "nobody is there to choose"
        person, leads = found[self.random.choice(sorted(ids))], self.random.choice(LEADS)
        followed = self._followed(person, current.changes)
        owed = {
            step.identity
            for since, step in _reminders(person, current.changes, effects)
            if since < step.due <= now and not (step.expires and step.expires <= now)
        }
        chose = choose(
            engine=self.engine,
            addressee=person.addressee,
            language=person.language,
            followed=followed,
            cadence=leads,
            paused_until=None,
            changes=current.changes,
            timing=TIMING,
            now=now,
            elapsed=timedelta(0),
        )
        lost = owed - self._told_or_to_be_told(person.id)
        assert chose, "whoever is active may choose"
        assert not lost, f"none lost: by choosing otherwise, {person.id} lost {sorted(lost)}"
        left_out = " ".join(map(str, followed.excluded)) or "nothing"
        return f"subscriber {person.id} chooses {leads or 'the usual leads'} and leaves out {left_out}"

    def _followed(self, person: Subscriber, current: ChangeList) -> Followed:
        """What they are to follow: all as before, without some part of it, or nothing left out any more."""
        parts = parts_of(person.followed, current)
        if parts and self.random.random() < 0.3:
            return without(person.followed, self.random.choice(parts), current)
        lifts = self.random.random() < 0.5
        return again(person.followed, person.followed.excluded, current) if lifts else person.followed

    def _told_or_to_be_told(self, subscriber_id: int) -> set[tuple[object, ...]]:
        identity = (notices.c.deadline, notices.c.kind, notices.c.lead, notices.c.spoken, notices.c.revision)
        with reading(self.engine) as connection:
            rows = connection.execute(select(*identity).where(notices.c.subscriber_id == subscriber_id))
            return {tuple(row) for row in rows}


def _reminders(
    person: Subscriber, current: ChangeList, effects: dict[str, datetime]
) -> Iterator[tuple[datetime, Step]]:
    """Every reminder by the Leads of before, with the instant from which all that decides of it holds."""
    for key, change, deadline in current.deadlines():
        followed = person.follows_since(change)
        if followed is not None:
            since = max(person.joined_at, followed, effects[key], person.cadence_since or person.joined_at)
            for step in reminder_steps(key, deadline, cadence_for(person.cadence, deadline, TIMING), TIMING):
                yield since, step
