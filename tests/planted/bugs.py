"""Bugs that engines like this one have had, each planted by replacing a function or a line of the tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import ColumnElement, true

from notifier.channels.channel import Parcel
from notifier.channels.smtp_line import SmtpLine
from notifier.core.message import Message
from notifier.core.reply import SENT, Fault, Verdict
from notifier.jobs import recording, taking, transmit, verdicts
from notifier.jobs.recording import Judged
from notifier.jobs.sender import Sender
from notifier.jobs.taking import Ready, Taken
from notifier.store import leaving, letters, outbox, tokens, transitions
from notifier.store.tables import messages
from tests.planted import hearing, spoiling
from tests.simulation.world import Size


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong; how it gets into the program, and into the tables. What shows rarely is looked for in the worlds
    from the `first` on, and what takes days to show, in those of another size."""

    name: str
    plant: Callable[[pytest.MonkeyPatch], None] = lambda _: None
    alter: Callable[[sqlite3.Connection], None] | None = None
    first: int = 0
    size: Size = Size.MORNING


def _no_unique_key(connection: sqlite3.Connection) -> None:
    """The Ledger takes the same Notice twice."""
    (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'notices'").fetchone()
    without = re.sub(r",\s*CONSTRAINT uq_notices_\w+ UNIQUE \([^)]*\)", "", made)
    assert without != made
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute("ALTER TABLE notices RENAME TO before")
    connection.execute(without)
    connection.execute("INSERT INTO notices SELECT * FROM before")
    connection.execute("DROP TABLE before")


def _mark_before_send(patch: pytest.MonkeyPatch) -> None:
    """The row says sent before the relay has been asked."""
    really_arm = transmit.arm

    def arm(sender: Sender, taken: Taken, batch: Sequence[Ready]) -> list[Ready]:
        armed = really_arm(sender, taken, batch)
        recording._record(sender, [Judged(ready=ready, verdict=SENT, probing=False) for ready in armed])
        return armed

    patch.setattr(transmit, "arm", arm)


def _no_fence(patch: pytest.MonkeyPatch) -> None:
    """Who was taken for dead still writes over what the next node does."""

    def has_token(token: ColumnElement[int] | int) -> ColumnElement[bool]:
        return messages.c.token + token >= token

    patch.setattr(tokens, "has_token", has_token)
    _without_kept_statements(patch)


def _without_kept_statements(patch: pytest.MonkeyPatch) -> None:
    """What is planted in a condition reaches the statements that are otherwise put together once."""
    patch.setattr(outbox, "_arming", outbox._arming.__wrapped__)
    patch.setattr(transitions, "_moving", transitions._moving.__wrapped__)


def _resend_for_ever(patch: pytest.MonkeyPatch) -> None:
    """No answer counts as not sent."""
    really = recording.after_verdict

    def after_verdict(message: Message, verdict: Verdict, **more: Any) -> Any:
        if verdict.fault is Fault.AMBIGUOUS:
            verdict = Verdict(fault=Fault.TEMPORARY, phase=verdict.phase, reply=verdict.reply)
        return really(message, verdict, **more)

    patch.setattr(recording, "after_verdict", after_verdict)


def _shared_message(patch: pytest.MonkeyPatch) -> None:
    """One mail is written over for the next person while it still waits for its turn."""
    really = taking._composed
    parcels: list[Any] = []

    def composed(*given: Any) -> Ready:
        ready = really(*given)
        parcels.append(ready.parcel)
        for name in ("sender", "recipient", "data"):
            object.__setattr__(parcels[0], name, getattr(ready.parcel, name))
        return ready._replace(parcel=parcels[0])

    patch.setattr(taking, "_composed", composed)


def _neighbours_verdict(patch: pytest.MonkeyPatch) -> None:
    """Answers are counted off by one: what was said of one mail is taken for the word about the next."""
    really = SmtpLine.send_all

    async def send_all(
        line: SmtpLine, parcels: Sequence[Parcel], /, *, latest: float
    ) -> AsyncGenerator[Verdict]:
        verdicts = [verdict async for verdict in really(line, parcels, latest=latest)]
        for number in range(len(verdicts)):
            yield verdicts[number - 1]

    patch.setattr(SmtpLine, "send_all", send_all)


def _arms_whoever_left(patch: pytest.MonkeyPatch) -> None:
    """Whether the person still wants it is asked when it is composed, and not again when it leaves."""
    patch.setattr(letters, "may_leave", lambda _: true())
    _without_kept_statements(patch)
    patch.setattr(leaving, "_cancel_messages", lambda *_: None)


def _silent_failure(patch: pytest.MonkeyPatch) -> None:
    """What ends badly ends without a word."""
    patch.setattr(verdicts, "_alert_ended", lambda *_: None)


BUGS = (
    Bug("no UNIQUE key", alter=_no_unique_key, first=35),
    Bug("marked before it is sent", _mark_before_send),
    Bug("no fence", _no_fence, first=290),
    Bug("resent for ever", _resend_for_ever, first=35),
    Bug("shared message object", _shared_message),
    Bug("a verdict attributed to the neighbour in the pipeline", _neighbours_verdict, first=50),
    Bug("armed after leaving", _arms_whoever_left, first=17),
    Bug("failed without an Alert", _silent_failure, first=24),
    Bug("an Answer mutes news", hearing.news_is_muted, first=60),
    Bug("an Answer taken back reopens nothing", hearing.nothing_is_reopened, first=64),
    Bug("composed before it was answered", hearing.composed_before_it_was_answered, first=65),
    Bug("choosing forgets what fell due", hearing.choosing_forgets_what_fell_due),
    Bug("own Leads are overlooked", hearing.own_leads_are_overlooked),
    Bug("days of before", hearing.days_of_before, first=220),
    Bug("an Answer counts for the neighbour", hearing.answers_for_the_neighbour),
    Bug("a damaged row stops all others", spoiling.one_stops_all, first=10),
    Bug("what cannot be composed waits in silence", spoiling.nobody_hears_of_it, first=40),
    Bug("sent again without its Notices", spoiling.sent_again_without_its_notices, first=80),
)
