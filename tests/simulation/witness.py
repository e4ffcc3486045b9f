"""What is looked at while a world goes on: every transmission, at the moment it begins, from the relay's side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from notifier.core.answer import Party
from notifier.core.change import ChangeList
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.notice import REMINDERS
from notifier.core.subscription import SubscriberState
from notifier.core.timing import Timing
from notifier.store import changes, installation
from notifier.store.engine import reading
from notifier.store.tables import messages, subscribers
from tests.simulation.answerers import Answerers
from tests.simulation.process import RUNNING, running
from tests.simulation.relay import Mail
from tests.simulation.spared import assert_may_be_told, days_of


@dataclass(slots=True, kw_only=True)
class Witness:
    """Watches the relay. `doubtful` are the Message-IDs of which a copy may be on the other side unanswered."""

    engine: Engine
    timing: Timing
    answerers: Answerers
    doubtful: set[str] = field(default_factory=set)

    def watch(self, mail: Mail) -> None:
        """A transmission begins: it must be of an armed Message, for one person who wants it, and true."""
        process = RUNNING.get()
        assert process is not None
        with running(None), reading(self.engine) as connection:
            joined = messages.join(subscribers, messages.c.subscriber_id == subscribers.c.id)
            person = (subscribers.c.address, subscribers.c.vendor_id, subscribers.c.ended_at)
            columns = (*messages.c, *person, subscribers.c.state.label("stands"))
            chosen = select(*columns).select_from(joined).where(messages.c.header_id == mail.message_id)
            rows = connection.execute(chosen).all()
            if not rows and mail.says["letter"]:
                return  # armed, and then forgotten with the person, who said that they had not asked
            assert len(rows) == 1, f"every mail has a row: {mail.message_id} has {len(rows)}"
            current = changes.in_force(connection)
            pause = installation.paused(connection)
        row = rows[0]
        assert mail.recipient == (row.letter_to or row.address) == mail.says["to"], (
            "one recipient: a mail goes to its own person"
        )
        assert row.state == MessageState.TRANSMITTING, f"only what is armed is transmitted, not {row.state}"
        assert row.owner == process.node, "only its present owner transmits a Message"
        armed: datetime = row.state_at
        if row.stands == SubscriberState.PENDING:
            assert row.letter == LetterKind.CONFIRMATION, "consent: who has not confirmed is only asked to"
        if row.ended_at is not None and row.letter is None:
            assert armed <= row.ended_at, "stop: nothing is armed after leaving or suspension"
        if pause is not None:
            assert armed <= pause.at, "stop: nothing is armed during a pause"
        assert current is not None
        if current.revision != mail.says["revision"]:
            assert current.in_force_at is not None
            assert armed <= current.in_force_at, (
                "a complete list: the one in force is what a mail is made from"
            )
        else:
            _is_true(mail, current.changes)
        self._is_in_time(mail, row, armed)
        assert_may_be_told(
            mail.says["tells"],
            Party(vendor=row.vendor_id) if row.vendor_id else Party(subscriber_id=row.subscriber_id),
            self.answerers,
            current=current.in_force_at or armed,
            armed=armed,
        )

    def _is_in_time(self, mail: Mail, row: Row[Any], armed: datetime) -> None:
        opening = self.timing.next_opening(armed)
        last_chance = row.expires is not None and row.expires <= opening
        assert row.anytime or self.timing.is_open(armed) or last_chance, "timing: within the sending hours"
        composed = datetime.fromisoformat(mail.says["at"])
        assert self.timing.today(composed) == self.timing.today(armed), "timing: the days left are today's"
        for told in mail.says["tells"]:
            assert datetime.fromisoformat(told["due"]) <= armed, "timing: nothing leaves before it is due"
            if told["expires"]:
                assert armed < datetime.fromisoformat(told["expires"]), "timing: nothing after its day"

    def doubt(self, mail: Mail) -> None:
        """No answer came to this one."""
        self.doubtful.add(mail.message_id)

    def doubt_transmitting(self, node: int) -> None:
        """A node died, or was taken for dead: whatever it had armed may be on the other side."""
        self.doubtful.update(self._transmitting(node))

    def _transmitting(self, node: int) -> Iterator[str]:
        on_the_wire = (messages.c.state == MessageState.TRANSMITTING, messages.c.owner == node)
        with running(None), reading(self.engine) as connection:
            yield from connection.scalars(select(messages.c.header_id).where(*on_the_wire))


def _is_true(mail: Mail, current: ChangeList) -> None:
    """What is told of a day is so by the list that the mail is made from."""
    for told in mail.says["tells"]:
        if told["kind"] in REMINDERS:
            found = current.deadline(told["deadline"])
            assert found is not None, "a true date: nobody is reminded of what is not there"
            assert told["spoken"] in days_of(found[1]), "a true date: a reminder speaks of a day that holds"
