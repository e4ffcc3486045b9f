"""Whose private calendars are, asked together: while one question is with the database, the next ones gather.

So each is answered from what the database holds after it came, a renewed address is gone at once, and many cost little
more than one. Nothing is remembered but the last answers, for when the database fails.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool

from notifier.core.holder import Held, Holder
from notifier.errors import NotifierError
from notifier.logs import log

MOST_TOGETHER = 200
MOST_REMEMBERED = 4096
_log = log("feeds")


class UnavailableError(NotifierError):
    """Whose a private calendar is cannot be had now, and was not known before."""


class Holders:
    """Whose private calendars are, for one event loop at a time. `look_up` may block."""

    def __init__(self, look_up: Callable[[Sequence[str]], Sequence[Held]]) -> None:
        self._look_up = look_up
        self._waiting: list[tuple[str, asyncio.Future[Held]]] = []
        self._asking: asyncio.Task[None] | None = None
        self._last: OrderedDict[str, Holder] = OrderedDict()

    async def of(self, token: str) -> Held:
        """Whose the calendar is; in trouble the last answer. Raises UnavailableError when there was none."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Held] = loop.create_future()
        self._waiting.append((token, answer))
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._ask())
        return await answer

    async def _ask(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            try:
                found = await run_in_threadpool(self._look_up, [token for token, _ in batch])
            except Exception:  # noqa: BLE001 -- whatever went wrong, calendars must not go empty over it
                _log.exception("whose calendars are cannot be had; they are served as before where known")
                self._answer_as_before(batch)
            else:
                self._answer(batch, found)

    def _answer(self, batch: Sequence[tuple[str, asyncio.Future[Held]]], found: Sequence[Held]) -> None:
        for (token, answer), held in zip(batch, found, strict=True):
            self._last.pop(token, None)
            if isinstance(held, Holder):
                self._last[token] = held
            # Whoever asked may be gone.
            if not answer.done():
                answer.set_result(held)
        while len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)

    def _answer_as_before(self, batch: Sequence[tuple[str, asyncio.Future[Held]]]) -> None:
        for token, answer in batch:
            last = self._last.get(token)
            if answer.done():
                continue
            if last is None:
                answer.set_exception(
                    UnavailableError("The calendar cannot be had just now. Please try again soon.")
                )
            else:
                answer.set_result(last)
