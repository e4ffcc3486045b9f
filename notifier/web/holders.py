"""Whose private calendars are, asked together: while one question is with the database, the next ones gather.

So each is answered from what the database holds after it came, a renewed address is gone at once, and many cost little
more than one. The last answers are remembered for when the database fails. Whoever is not among them waits for it a
while, since a single 503 makes some programs drop a calendar.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool

from notifier.core.holder import Held, Holder
from notifier.errors import NotifierError
from notifier.logs import log

MOST_TOGETHER = 200
MOST_KNOWN = 4096
# Seconds: a failover is over by then, and no proxy has given up yet.
PATIENCE = 15.0
_PAUSE = 0.5
# How a row fails that is not as it was written. Whatever else goes wrong goes wrong for all.
_DAMAGE = (ValueError, LookupError, TypeError)
_log = log("feeds")


class UnavailableError(NotifierError):
    """Whose a private calendar is cannot be had now, and was not known before."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a calendar is. `is_certain` is false for an answer from before the database failed."""

    held: Held
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class _Question:
    token: str
    answer: asyncio.Future[Found]
    # By the loop's clock.
    until: float


class _Damaged:
    """In place of whose a calendar is that nobody can read: no waiting mends it."""


class Holders:
    """Whose private calendars are, for one event loop at a time. `look_up` may block."""

    def __init__(self, look_up: Callable[[Sequence[str]], Sequence[Held]]) -> None:
        self._look_up = look_up
        self._waiting: list[_Question] = []
        self._asking: asyncio.Task[None] | None = None
        self._known: OrderedDict[str, Holder] = OrderedDict()
        self._is_in_trouble = False

    async def of(self, token: str) -> Found:
        """Whose the calendar is; in trouble the last answer.

        Raises UnavailableError when there was none and the trouble lasts.
        """
        loop = asyncio.get_running_loop()
        question = _Question(token, loop.create_future(), loop.time() + PATIENCE)
        self._waiting.append(question)
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._ask())
        return await question.answer

    async def _ask(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            try:
                found = await run_in_threadpool(self._looked_up, [question.token for question in batch])
            except Exception:  # noqa: BLE001 -- whatever went wrong, calendars must not go empty over it
                if not self._is_in_trouble:
                    _log.exception("whose calendars are cannot be had; they are served as before where known")
                self._is_in_trouble = True
                self._waiting = self._unanswered([*batch, *self._waiting])
                if self._waiting:
                    await asyncio.sleep(_PAUSE)
            else:
                self._is_in_trouble = False
                self._answer(batch, found)

    def _looked_up(self, tokens: Sequence[str]) -> Sequence[Held | _Damaged]:
        """Together, or one by one where a row among them is damaged, lest the others wait for it."""
        try:
            return self._look_up(tokens)
        except _DAMAGE as error:
            if len(tokens) > 1:
                return [held for token in tokens for held in self._looked_up([token])]
            # Its text may quote the row.
            _log.error("the row behind a private calendar cannot be read", error=type(error).__name__)
            return [_Damaged()]

    def _answer(self, batch: Sequence[_Question], found: Sequence[Held | _Damaged]) -> None:
        for question, held in zip(batch, found, strict=True):
            if isinstance(held, _Damaged):
                self._unanswered([replace(question, until=0.0)])
                continue
            self._known.pop(question.token, None)
            if isinstance(held, Holder):
                self._known[question.token] = held
            # Whoever asked may be gone.
            if not question.answer.done():
                question.answer.set_result(Found(held))
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def _unanswered(self, questions: Sequence[_Question]) -> list[_Question]:
        """Answer as before whoever is known; answers who else may wait a little longer."""
        patient, now = [], asyncio.get_running_loop().time()
        for question in questions:
            known = self._known.get(question.token)
            if question.answer.done():
                continue
            if known is not None:
                question.answer.set_result(Found(known, is_certain=False))
            elif now < question.until:
                patient.append(question)
            else:
                sentence = "The calendar cannot be had just now. Please try again soon."
                question.answer.set_exception(UnavailableError(sentence))
        return patient
