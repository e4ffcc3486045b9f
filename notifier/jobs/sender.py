"""What dispatching is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from notifier.channels.channel import Channel, Parcel
from notifier.core.admission import Admission
from notifier.core.answer import AnswerRules
from notifier.core.pace import Pace
from notifier.core.timing import Timing
from notifier.jobs.telling import Telling


class Compose(Protocol):
    """Make a Message's bytes from its Notices as they stand now."""

    def __call__(self, telling: Telling, *, header_id: str, now: datetime) -> Parcel:
        """The parcel for the way out, under this Message-ID."""


@dataclass(slots=True, kw_only=True)
class Flow:
    """How fast Messages may leave a node, and over how many connections at once. What one run of dispatching finds
    out holds in the next; both go by the clock of the event loop."""

    pace: Pace
    admission: Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What dispatching needs, wired once: this node, its way out, and how a Message is composed.

    `may_receive` is the installation's allow-list, `bounce_limit` how many points against an address end
    writing to it. `flow` goes on from one run to the next. `clock` is asked anew for every batch.
    """

    engine: Engine
    channel: Channel
    timing: Timing
    rules: AnswerRules
    compose: Compose
    may_receive: Callable[[str], bool]
    node: int
    id_suffix: str
    flow: Flow
    bounce_limit: int
    clock: Callable[[], datetime]


@dataclass(slots=True)
class Dispatched:
    """What one run came to. The `uncomposed` were put off by a mistake of ours: a person must look."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    dropped: int = 0
    uncomposed: int = 0
    stopped: str = ""
