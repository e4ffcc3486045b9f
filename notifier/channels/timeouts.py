"""How long to wait for the other side, and how long to stay connected to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait at each step (RFC 5321 section 4.5.3.2), and for a whole Message.

    `whole` is ours: a relay that stays within every step's time, one byte a second, would otherwise hold
    a Line for hours. `goodbye` is ours as well: nobody should wait long for the answer to QUIT.
    """

    greeting: float = 300
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    verdict: float = 600
    whole: float = 900
    goodbye: float = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many Messages one connection carries, and for how many seconds after it was opened.

    Relays cut off a connection after some number of mails with a 421 that looks like trouble; we leave before.
    """

    messages: int = 100
    seconds: float = 300
