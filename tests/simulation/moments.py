"""Time that passes only when somebody waits, and threads that run at once: nothing here depends on the machine."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Clock:
    """What every node, the relay and the database take the time from."""

    start: datetime
    passed: float = 0.0

    def now(self) -> datetime:
        """The present instant."""
        return self.start + timedelta(seconds=self.passed)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.passed += by.total_seconds()

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until then."""
        self.passed = max(self.passed, (instant - self.start).total_seconds())


class _Selector(selectors.SelectSelector):
    """Waits for nothing: the time asked for has passed at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now, with the clock moved on."""
        if timeout is None:
            raise RuntimeError("everybody waits and nothing will ever happen")
        self._clock.passed += max(timeout, 0)
        return super().select(0)


class Moments(asyncio.SelectorEventLoop):
    """An event loop that lives by a Clock."""

    def __init__(self, clock: Clock, between: Callable[[], None]) -> None:
        super().__init__(_Selector(clock))
        self._clock = clock
        self.set_default_executor(AtOnce(between))

    def time(self) -> float:
        """Seconds since the world began."""
        return self._clock.passed


class AtOnce(ThreadPoolExecutor):
    """Threads in name only: the call is made at once. `between` is where others get a word in before it."""

    def __init__(self, between: Callable[[], None]) -> None:
        super().__init__(max_workers=1)
        self._between = between

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call it; the future is done."""
        done: Future[Any] = Future()
        try:
            self._between()
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 -- a crash too belongs to whoever awaits it
            done.set_exception(error)
        return done
