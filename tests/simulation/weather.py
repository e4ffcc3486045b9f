"""What goes wrong in one world, and how often: drawn once from its seed, so that each has a character of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from notifier.core.reply import Fault, Phase, Verdict, fault_of


class Fate(Enum):
    """What becomes of one transmission."""

    TAKEN = auto()
    SLOW = auto()
    REFUSED = auto()
    DROPPED = auto()
    LOST_AFTER_DOT = auto()
    VERDICT_LOST = auto()
    STOPPED = auto()


REPLIES = (
    (Phase.MAIL, 421, "4.3.2 closing"),
    (Phase.MAIL, 452, "4.3.1 no space"),
    (Phase.MAIL, 550, "5.7.1 sender refused"),
    (Phase.RCPT, 421, "4.3.2 closing"),
    (Phase.RCPT, 450, "4.2.1 mailbox busy"),
    (Phase.RCPT, 550, "5.1.1 no such user"),
    (Phase.RCPT, 550, "5.7.1 refused"),
    (Phase.RCPT, 550, "no"),
    (Phase.DATA, 451, "4.3.0 try again"),
    (Phase.VERDICT, 421, "4.3.2 closing"),
    (Phase.VERDICT, 451, "4.3.0 try again"),
    (Phase.VERDICT, 452, "4.3.1 no space"),
    (Phase.VERDICT, 554, "5.7.1 looks like spam"),
    (Phase.VERDICT, 552, "5.3.4 too big"),
)

UNREACHABLE = Verdict(fault=Fault.RELAY, phase=Phase.CONNECT, reply="no connection")
LOGIN_REFUSED = Verdict(fault=Fault.OURS, phase=Phase.AUTH, code=535, reply="5.7.8 login refused")

_TROUBLED = tuple(fate for fate in Fate if fate is not Fate.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Chances from 0 to 1: that a transmission meets trouble (of which `kinds`), that a turn ends in a crash or
    finds the disk full, that somebody gets a word in between two effects. `pipelining` is whether the relay offers it,
    `away` when it is not there.
    """

    trouble: float
    kinds: tuple[Fate, ...]
    crash: float
    full_disk: float
    word_between: float
    greylisting: bool
    pipelining: bool
    away: tuple[tuple[datetime, datetime, Verdict], ...]

    def fate(self, random: Random) -> Fate:
        """What becomes of the next transmission."""
        return random.choice(self.kinds) if random.random() < self.trouble else Fate.TAKEN

    def absence(self, now: datetime) -> Verdict | None:
        """Why no connection can be had now, None when one can."""
        return next((why for since, until, why in self.away if since <= now < until), None)


CALM = Weather(
    trouble=0, kinds=(), crash=0, full_disk=0, word_between=0, greylisting=False, pipelining=True, away=()
)


def draw(random: Random, *, start: datetime, hours: tuple[float, float], dense: bool) -> Weather:
    """The weather of one world; `dense` has more trouble, for one that is over soon.

    Within these hours of its start the relay may go away.
    """
    away = []
    for _ in range(random.choice((0, 0, 1, 2))):
        since = start + timedelta(hours=random.uniform(*hours))
        lasts = timedelta(hours=random.choice((0.2, 1, 6, 72)))
        away.append((since, since + lasts, random.choice((UNREACHABLE, UNREACHABLE, LOGIN_REFUSED))))
    return Weather(
        trouble=random.choice((0.3, 0.5, 0.8) if dense else (0.1, 0.3, 0.5, 0.8)),
        kinds=tuple(random.sample(_TROUBLED, random.randint(1, len(_TROUBLED)))),
        crash=random.choice((0.15, 0.4, 0.7) if dense else (0, 0.15, 0.4)),
        full_disk=random.choice((0, 0, 0, 0.1)),
        word_between=random.choice((0, 0.2, 0.5) if dense else (0, 0.05, 0.2)),
        greylisting=random.random() < 0.15,
        pipelining=random.random() < 0.75,
        away=tuple(away),
    )


def refusal(random: Random) -> Verdict:
    """One of the relay's refusals, sorted as the engine sorts it."""
    phase, code, words = random.choice(REPLIES)
    return Verdict(fault=fault_of(phase, code, words), phase=phase, code=code, reply=words)
