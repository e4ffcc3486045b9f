"""What operators do to the Outbox, and what is wrong with it: rows that are damaged, mails that cannot be composed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Engine, Row, select, update

from notifier.core.message import RETRIED, MessageState
from notifier.core.subscription import SubscriberState
from notifier.core.text import Language
from notifier.store import messages as outbox
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, subscribers
from tests.simulation.moments import Clock


@dataclass(slots=True, kw_only=True)
class Operators:
    """Whoever looks after the program. `damaged` and `mistaken` are the ids of Subscribers whose row cannot be read, or
    whose mails cannot be composed; `spoilt` are the ids of Messages whose row cannot be read, with their Subscriber's;
    `sent_again` are the Message-IDs that an operator gave up for a new one."""

    engine: Engine
    random: Random
    clock: Clock
    damaged: set[int] = field(default_factory=set)
    mistaken: set[int] = field(default_factory=set)
    spoilt: dict[int, int] = field(default_factory=dict)
    sent_again: set[str] = field(default_factory=set)

    @property
    def poisoned(self) -> set[int]:
        """Whose Messages cannot leave, whatever the relay says."""
        return self.damaged | self.mistaken | set(self.spoilt.values())

    def act(self) -> str:
        """Something goes wrong, is mended, or an operator sends again what has failed or is in doubt."""
        if self.random.random() < 0.8 and (ended := self._ended()):
            return self._retry(ended)
        return self.random.choice((self._damage, self._spoil, self._mistake, self.mend))()

    def mend(self) -> str:
        """Everything is sound again."""
        with writing(self.engine) as connection:
            theirs = subscribers.c.id.in_(self.damaged)
            connection.execute(update(subscribers).where(theirs).values(language=Language.NB.value))
            connection.execute(update(messages).where(messages.c.id.in_(self.spoilt)).values(about=""))
        mended = self.poisoned
        self.damaged.clear()
        self.spoilt.clear()
        self.mistaken.clear()
        return f"operators mend what is wrong with {sorted(mended)}"

    def _ended(self) -> Sequence[Row[Any]]:
        ended = select(messages.c.id, messages.c.header_id).where(messages.c.state.in_(RETRIED))
        with reading(self.engine) as connection:
            return connection.execute(ended.order_by(messages.c.id)).all()

    def _retry(self, ended: Sequence[Row[Any]]) -> str:
        chosen = self.random.sample(ended, self.random.randint(1, len(ended)))
        ids = sorted(row.id for row in chosen)
        with writing(self.engine) as connection:
            outbox.retry(connection, ids, by="an operator", now=self.clock.now())
        self.sent_again.update(row.header_id for row in chosen if row.header_id)
        return f"operators send {ids} again"

    def _damage(self) -> str:
        found = self._somebody()
        if found is None:
            return "there is no row to damage"
        with writing(self.engine) as connection:
            connection.execute(update(subscribers).where(subscribers.c.id == found).values(language="xx"))
        self.damaged.add(found)
        return f"the row of subscriber {found} is damaged"

    def _spoil(self) -> str:
        waits = messages.c.state == MessageState.PENDING
        with writing(self.engine) as connection:
            waiting = connection.execute(select(messages.c.id, messages.c.subscriber_id).where(waits)).all()
            if not waiting:
                return "there is no message to damage"
            found = self.random.choice(waiting)
            connection.execute(update(messages).where(messages.c.id == found.id).values(about="?"))
        self.spoilt[found.id] = found.subscriber_id
        return f"message {found.id} is damaged"

    def _mistake(self) -> str:
        found = self._somebody()
        if found is None:
            return "there is nobody to make a mistake about"
        self.mistaken.add(found)
        return f"mails to subscriber {found} cannot be composed"

    def _somebody(self) -> int | None:
        here = subscribers.c.state.in_([SubscriberState.ACTIVE, SubscriberState.PENDING])
        with reading(self.engine) as connection:
            ids = connection.scalars(select(subscribers.c.id).where(here).order_by(subscribers.c.id)).all()
        sound = [each for each in ids if each not in self.poisoned]
        return self.random.choice(sound) if sound else None
