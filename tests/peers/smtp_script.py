"""What a scripted SMTP server does at each step, and what it took in.

Steps, in the order of a session: banner, ehlo, starttls, auth, mail, rcpt, data, body, verdict, rset, noop,
quit. `body` is the time from 354 until the final dot, `verdict` the reply after it.
"""

from __future__ import annotations

import email
import email.policy
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One step played differently. `reply` None is the usual one, the empty text none at all.

    `accepts` decides whether the mail is kept, whatever the reply says; None leaves it to the reply.
    `after` is how many bytes of the body are read before the reply is given or the connection dropped; that happens
    so many seconds after the reply as it `lingers`.
    """

    reply: str | None = None
    drops: bool = False
    accepts: bool | None = None
    pause: float = 0
    drip: float = 0
    after: int | None = None
    lingers: float = 0


def say(reply: str, *, drops: bool = False, accepts: bool | None = None, after: int | None = None) -> Act:
    """Answer with these words (lines separated by a line feed), and hang up after them if asked to."""
    return Act(reply=reply, drops=drops, accepts=accepts, after=after)


def drop(*, accepts: bool = False, after: int | None = None) -> Act:
    """Hang up without a word, having kept the mail or not; in the body, after so many bytes of it."""
    return Act(reply="", drops=True, accepts=accepts, after=after)


def stall(*, accepts: bool = False) -> Act:
    """Never answer, having kept the mail or not."""
    return Act(reply="", pause=math.inf, accepts=accepts)


def wait(seconds: float) -> Act:
    """Answer as usual, but late."""
    return Act(pause=seconds)


def drip(seconds: float) -> Act:
    """Read the body, or write the reply, at one byte every so many seconds."""
    return Act(drip=seconds)


USUAL = Act()


@lru_cache(maxsize=200)
def _read(data: bytes) -> EmailMessage:
    """Read once: many tests look at every mail again after each step, which took longer than to send it."""
    return email.message_from_bytes(data, policy=email.policy.default)  # type: ignore[return-value]


@dataclass(slots=True, kw_only=True)
class Envelope:
    """The transaction under way."""

    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail the server took responsibility for, dots unstuffed; `connection` counts from 1."""

    sender: str
    recipients: tuple[str, ...]
    options: tuple[str, ...]
    data: bytes
    connection: int
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        """The mail as the standard library reads it; to be read alone, since all who ask get the same one."""
        return _read(self.data)


class Script:
    """The acts to come: those for once in their order, then those for one recipient, a choice, a rule."""

    def __init__(self) -> None:
        self._once: dict[str, deque[Act]] = {}
        self._always: dict[str, Act] = {}
        self._recipients: dict[tuple[str, str], Act] = {}
        self.choose: Callable[[str, Envelope], Act | None] | None = None

    def once(self, step: str, *acts: Act) -> None:
        """Play these acts, one each time the step comes; afterwards as before."""
        self._once.setdefault(step, deque()).extend(acts)

    def always(self, step: str, act: Act) -> None:
        """Play this act whenever the step comes and nothing more special applies."""
        self._always[step] = act

    def for_recipient(self, step: str, recipient: str, act: Act) -> None:
        """Play this act at the step of every transaction for this recipient."""
        self._recipients[step, recipient] = act

    def reset(self) -> None:
        """Play everything as usual from now on."""
        self._once.clear()
        self._always.clear()
        self._recipients.clear()
        self.choose = None

    def next(self, step: str, envelope: Envelope) -> Act:
        """The act for a step that has come."""
        if self._once.get(step):
            return self._once[step].popleft()
        for recipient in envelope.recipients:
            if (step, recipient) in self._recipients:
                return self._recipients[step, recipient]
        chosen = self.choose(step, envelope) if self.choose else None
        return chosen or self._always.get(step, USUAL)
