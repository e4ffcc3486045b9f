"""What an SMTP reply means, sorted by whose fault it is (RFC 5321 section 4.2, RFC 3463)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far a transaction had come. Failures before VERDICT are provably undelivered."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    VERDICT = "verdict"


class Fault(StrEnum):
    """Whose fault a Verdict is, which decides what happens next.

    relay      the next hop is not itself: back off as a whole, no Message fails
    ours       our login, sender or policy standing is refused: nothing leaves until mended
    policy     one Message was refused for policy reasons; many in a row are ours
    unclear    refused for good, without a word of whether for its address, for itself or for us: tried once more; many
               in a row are ours
    temporary  this Message should be tried later
    address    this address does not take mail: the Message fails
    message    this Message can never be sent as it is: it fails, the address is not to blame
    ambiguous  the whole body went out and no reply came: it may have been accepted
    """

    NONE = "none"
    RELAY = "relay"
    OURS = "ours"
    POLICY = "policy"
    UNCLEAR = "unclear"
    TEMPORARY = "temporary"
    ADDRESS = "address"
    MESSAGE = "message"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one transmission: the fault (NONE means sent), how far it came, the reply's words."""

    fault: Fault
    phase: Phase
    code: int | None = None
    reply: str = ""

    @property
    def is_sent(self) -> bool:
        """The next hop answered 2xx after the body."""
        return self.fault is Fault.NONE


SENT = Verdict(fault=Fault.NONE, phase=Phase.VERDICT, code=250)

# The Message's turn did not come, or nothing of its body was written: provably undelivered, and no word about
# the relay.
NOT_TRANSMITTED = Verdict(
    fault=Fault.RELAY, phase=Phase.CONNECT, reply="the connection ended before its turn"
)

# A connection was had, and ended by the relay before anything could be sent on it: as good as none.
HUNG_UP = Verdict(fault=Fault.RELAY, phase=Phase.GREETING, reply="it hung up before anything could be sent")

IN_TRANSACTION = frozenset({Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY, Phase.VERDICT})
# «550 relay not permitted» and «550 no such user» look alike to a program.
_SAYS_NOTHING = ("", "5.0.0")
_OF_MANY_REASONS = {(Phase.VERDICT, code) for code in (550, 551, 553, 554)}
_BEFORE_SENDER = frozenset({Phase.CONNECT, Phase.GREETING, Phase.TLS})


def fault_of(phase: Phase, code: int, reply: str) -> Fault:
    """Sort one reply by its three digits and the enhanced status code that its text may begin with."""
    if 200 <= code < 300 and phase is Phase.VERDICT:
        return Fault.NONE
    if code == 421 or phase in _BEFORE_SENDER:
        return Fault.RELAY
    permanent = code >= 500
    if phase in (Phase.AUTH, Phase.MAIL):
        return Fault.OURS if permanent else Fault.RELAY
    if not permanent:
        return Fault.TEMPORARY
    return _permanent_fault(phase, code, enhanced_status(reply))


def _permanent_fault(phase: Phase, code: int, enhanced: str) -> Fault:
    if enhanced.startswith("5.7"):
        return Fault.POLICY
    if enhanced in _SAYS_NOTHING and (phase is Phase.RCPT or (phase, code) in _OF_MANY_REASONS):
        return Fault.UNCLEAR
    if phase is Phase.RCPT:
        return Fault.ADDRESS
    if enhanced.startswith(("5.1", "5.2")):
        return Fault.ADDRESS
    if phase is Phase.DATA or code in (500, 501, 502, 503, 530):
        return Fault.OURS
    return Fault.MESSAGE


def enhanced_status(reply: str) -> str:
    """The enhanced status code that a reply's text begins with (RFC 2034), "" when it has none."""
    match = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", reply)
    return match[1] if match else ""
