"""Asking once for all who are answered in the same turn of the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def once_a_turn(ask: Callable[[], T]) -> Callable[[], T]:
    """The same question, asked at most once in each turn of the running loop.

    A turn begins by looking which clients have sent something. So a request that is read in it was begun before its
    first question, and nobody is answered from before what was over when they began to ask. What is started in a turn
    (a task) runs in the next one, after the answer was forgotten.
    """
    known: list[T] = []

    def asked() -> T:
        if not known:
            known.append(ask())
            asyncio.get_running_loop().call_soon(known.clear)
        return known[0]

    return asked
