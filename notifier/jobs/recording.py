"""Recording Verdicts in group commits, while the connections go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import NamedTuple

from notifier.core.backoff import spread_of
from notifier.core.delivery import after_verdict
from notifier.core.reply import Verdict
from notifier.errors import DatabaseError
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.taking import Ready
from notifier.jobs.verdicts import Tally, record
from notifier.store.outbox import Recorded

# Should this process be killed, what was not recorded yet counts as transmitted without an answer.
RECORD_LIMIT = 500
RECORD_SECONDS = 0.05

RECORD_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0)

# When the database will not write so many in a row even alone, that is not for what stands in them.
MOST_UNWRITABLE = 3


class Judged(NamedTuple):
    """An armed Message with its Verdict. `probing`: the breaker is open, and this one tried it."""

    ready: Ready
    verdict: Verdict
    probing: bool


class Recorder:
    """Writes Verdicts down together, 500 or those of 50 ms. `is_held` is whether the breaker keeps more from leaving.

    One that cannot be written takes none beside it along. From then on `flush` raises what kept it from being
    written, and nothing more should be sent.
    """

    def __init__(self, sender: Sender, total: Dispatched) -> None:
        self._sender = sender
        self._total = total
        self._noted: list[Judged] = []
        self._full = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._trouble: Exception | None = None
        self.is_held = False

    @property
    def goes_on(self) -> bool:
        """Whether more may leave: the breaker lets it, and what becomes of it can be written down."""
        return not self.is_held and not self.is_broken

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to write."""
        return self._writing is None

    @property
    def is_broken(self) -> bool:
        """Whether something could not be written."""
        return self._trouble is not None or (self._writing is not None and self._writing.done())

    def note(self, judged: Judged) -> None:
        """Write it down soon."""
        self._noted.append(judged)
        if len(self._noted) >= RECORD_LIMIT:
            self._full.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def flush(self) -> None:
        """Write what is left. Raises what kept it, or anything noted before, from being written."""
        self._full.set()
        if self._writing is not None:
            await asyncio.shield(self._writing)
        if self._trouble is not None:
            raise self._trouble

    async def _write(self) -> None:
        while self._noted:
            with suppress(TimeoutError):
                async with asyncio.timeout(RECORD_SECONDS):
                    await self._full.wait()
            self._full.clear()
            noted, self._noted = self._noted[:RECORD_LIMIT], self._noted[RECORD_LIMIT:]
            tally, trouble = await asyncio.to_thread(_record, self._sender, noted)
            self._add(tally)
            self._trouble = self._trouble or trouble
        self._writing = None

    def _add(self, tally: Tally) -> None:
        self.is_held = not tally.goes_on
        self._total.sent += tally.sent
        self._total.failed += tally.failed
        self._total.again += tally.again


def _record(sender: Sender, judged: Sequence[Judged]) -> tuple[Tally, Exception | None]:
    """Write them together or, where that fails, one by one. Answers what was written, and what kept any of them from
    being written."""
    now = sender.clock()
    entries = [_entry(each, now) for each in judged]
    write = partial(record, engine=sender.engine, bounce_limit=sender.bounce_limit, now=now)
    with suppress(Exception):  # a damaged row can fail in any way, and shows when it is alone
        return persistently(lambda again: write(recorded=entries, again=again)), None
    written, trouble, in_a_row = Tally(), None, 0
    for entry in entries:
        try:
            written += write(recorded=[entry], again=True)
            in_a_row = 0
        except Exception as error:  # noqa: BLE001 -- in any way
            trouble = error
            in_a_row += isinstance(error, DatabaseError)
        if in_a_row == MOST_UNWRITABLE:
            break
    return written, trouble


def _entry(judged: Judged, now: datetime) -> tuple[Ready, Recorded]:
    message, verdict = judged.ready.message, judged.verdict
    trial, spread = judged.ready.trial, spread_of(message)
    transition = after_verdict(trial, verdict, now=now, spread=spread, probing=judged.probing)
    return judged.ready, Recorded(message=message, verdict=verdict, transition=transition)


def persistently(write: Callable[[bool], Tally]) -> Tally:
    """Try again for a few seconds: what the server said is known nowhere else. `write` hears whether it was tried.

    Raises the last DatabaseError; the Messages then count as transmitted without an answer.
    """
    for tried, pause in enumerate(RECORD_PAUSES):
        try:
            return write(tried > 0)
        except DatabaseError:
            time.sleep(pause)
    return write(True)
