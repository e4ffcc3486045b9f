"""What Parties say of a Change: they answer to and fro, a service sees their use, operators decide on what waits.

Everything that was said, and was taken to count, is remembered here as well, beside the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, Row, select

from notifier.consent.answering import AnsweredTooOftenError, answer, decide
from notifier.core.answer import Answer, AnswerKind, AnswerRules, Evidence, Party, Way
from notifier.core.change import ChangeList
from notifier.core.subscription import Addressee, SubscriberState
from notifier.jobs.import_evidence import record
from notifier.store import answers, changes
from notifier.store.engine import reading
from notifier.store.tables import subscribers
from notifier.store.vendors import Vendor
from tests.core.lists import TIMING
from tests.simulation.moments import Clock

EPJ = Vendor(id="epj", name="EPJ", domains=("vendor.example.no",))
SILENT = Vendor(id="silent", name="Silent")
RULES = AnswerRules()
HELPDESK = "helpdesk@example.no"
SETTLED = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


def party_of_row(person: Row[Any]) -> Party:
    """For whom somebody answers, by their row."""
    return Party(vendor=person.vendor_id) if person.vendor_id else Party(subscriber_id=person.id)


@dataclass(slots=True, kw_only=True)
class Answerers:
    """Whoever answers. `given` are the Answers that count, each with the instant from which it does."""

    engine: Engine
    random: Random
    clock: Clock
    given: list[tuple[datetime, Answer]] = field(default_factory=list)
    seen: list[Evidence] = field(default_factory=list)

    def act(self) -> str:
        """One of them says something, or something is made known of them."""
        acts = (self.answer, self.answer, self.answer, self._decide, self._see)
        return self.random.choice(acts)()

    def last(self, party: Party, change_id: str, *, by: datetime | None = None) -> Answer | None:
        """The last thing that counts of what they said of a Change, by an instant."""
        said = (
            (since, each)
            for since, each in reversed(self.given)
            if (each.party, each.change_id) == (party, change_id)
        )
        return next((each for since, each in said if by is None or since <= by), None)

    def last_seen(self, party: Party, change_id: str) -> Evidence | None:
        """What was seen last of a Vendor's use."""
        theirs = (
            each for each in reversed(self.seen) if (each.vendor, each.change_id) == (party.vendor, change_id)
        )
        return next(theirs, None)

    def answer(self) -> str:
        """Somebody says something of a Change, for their Vendor or for themselves; a silent Vendor never does."""
        speaks = subscribers.c.vendor_id.is_distinct_from(SILENT.id)
        here = subscribers.c.state.in_([SubscriberState.ACTIVE, SubscriberState.SUSPENDED])
        chosen = select(subscribers).where(speaks, here)
        with reading(self.engine) as connection:
            people = connection.execute(chosen.order_by(subscribers.c.id)).all()
        if not people:
            return "nobody is there to answer"
        current, now = self._list(), self.clock.now()
        # Most often of the first, whose reminders fall due these days.
        person, change = (
            self.random.choice(people),
            self.random.choice((*current.changes[:1] * 3, *current.changes)),
        )
        last = self.last(party_of_row(person), change.id)
        # Most often the contrary of what was said before.
        contrary = AnswerKind.NONE if last and last.kind in SETTLED else AnswerKind.DONE
        kind = contrary if self.random.random() < 0.6 else self.random.choice(list(AnswerKind))
        day = TIMING.today(now) + timedelta(days=self.random.choice((0, 1, 2, 5, 9, 20)))
        try:
            said = answer(
                engine=self.engine,
                addressee=Addressee(person.public_id, person.moves),
                change_id=change.id,
                kind=kind,
                planned=day if kind is AnswerKind.PLANNED else None,
                way=self.random.choice((Way.PAGE, Way.MAIL)),
                contact=HELPDESK,
                changes=current,
                rules=RULES,
                timing=TIMING,
                now=now,
            )
        except AnsweredTooOftenError:
            return f"{person.address} answers too often"
        if said is not None and said.is_new and said.answer.counts:
            self.given.append((now, said.answer))
        became = "nothing" if said is None else f"{said.answer.state}, new: {said.is_new}"
        return f"{person.address} answers {kind} of {change.id}: {became}"

    def _decide(self) -> str:
        """Operators decide on an Answer from outside a Vendor's domains."""
        with reading(self.engine) as connection:
            waiting = answers.waiting(connection)
        if not waiting:
            return "no answer waits"
        now, accepted = self.clock.now(), self.random.random() < 0.7
        decided = decide(
            engine=self.engine,
            answer_id=self.random.choice(waiting).id,
            accepted=accepted,
            by="an operator",
            contact=HELPDESK,
            changes=self._list(),
            rules=RULES,
            timing=TIMING,
            now=now,
        )
        assert decided is not None
        if accepted:
            self.given.append((now, decided))
        return f"operators decide on answer {decided.id}: {decided.state}"

    def _see(self) -> str:
        """A service sees a Vendor use what goes away, or use it no more."""
        now = self.clock.now()
        current = self._list()
        seen = Evidence(
            vendor=self.random.choice((EPJ, EPJ, SILENT)).id,
            change_id=self.random.choice(current.changes).id,
            calls=self.random.choice((0, 7, 7)),
            last_seen=TIMING.today(now),
            at=now,
        )
        record(engine=self.engine, seen=[seen], changes=current, timing=TIMING, rules=RULES, now=now)
        self.seen.append(seen)
        return f"{seen.calls} calls of {seen.vendor} are seen of {seen.change_id}"

    def _list(self) -> ChangeList:
        with reading(self.engine) as connection:
            current = changes.in_force(connection)
        assert current is not None
        return current.changes
