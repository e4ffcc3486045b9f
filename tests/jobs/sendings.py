"""Sending on Monday, by a node of its own or slowly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from notifier.core.pace import Pace
from notifier.daemon.sending import SendingRight
from notifier.jobs.sender import Sender
from tests.acceptance.scenes import MONDAY
from tests.acceptance.story import Story


@contextmanager
def sending(story: Story, *, per_minute: int = 0) -> Iterator[Sender]:
    """The Sender of a node that has the right to send, on Monday."""
    with SendingRight(story.parts.engine) as right:
        assert right.try_acquire()
        flow = replace(story.parts.flow(), pace=Pace(per_minute=per_minute))
        yield story.parts.sender(node=right.node, clock=lambda: MONDAY, flow=flow)


def slowly(seconds: float) -> Callable[[], datetime]:
    """A clock that takes its time, as the database may: it is asked in arming."""

    def clock() -> datetime:
        time.sleep(seconds)
        return MONDAY

    return clock


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Whether to stop, lest a test go on for ever."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until
