"""A Parcel as SMTP wants it: the two commands of its envelope, and its body with line ends and dots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from notifier.channels.channel import Parcel
from notifier.core.lines import have_clean_ends
from notifier.core.reply import Fault, Phase, Verdict

_PLAIN = re.compile(r"[!-;=?-~]+@[!-;=?-~]+", re.ASCII)
_LONGEST_ADDRESS = 254
_LINE_END = re.compile(rb"\r\n|\r|\n")
_CRLF = b"\r\n"


class UnsendableError(Exception):
    """This Parcel cannot be put on this Line; `verdict` says why."""

    def __init__(self, fault: Fault, phase: Phase, reason: str) -> None:
        self.verdict = Verdict(fault=fault, phase=phase, reply=reason)
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The commands of one transaction, without their line ends."""

    mail: bytes
    rcpt: bytes

    @property
    def group(self) -> bytes:
        """Both and DATA, to be written at once where the relay lets us (RFC 2920 section 3.1)."""
        return b"%b\r\n%b\r\nDATA\r\n" % (self.mail, self.rcpt)


def envelope_of(parcel: Parcel, *, offers: Mapping[str, str]) -> Envelope:
    """The envelope for a relay with these extensions (keywords in lower case, with their parameters).

    Raises UnsendableError. SMTPUTF8 (RFC 6531) is asked for only where a local part needs it.
    A size beyond the relay's limit (RFC 1870) is found here, since its refusal of MAIL would look as if
    it did not like the sender.
    """
    options = b""
    if not parcel.data.isascii():
        if "8bitmime" not in offers:
            raise UnsendableError(Fault.MESSAGE, Phase.MAIL, "the relay takes no 8-bit mail (8BITMIME)")
        options += b" BODY=8BITMIME"
    limit = offers.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(parcel.data):
        raise UnsendableError(Fault.MESSAGE, Phase.MAIL, f"larger than the relay takes ({limit} bytes)")
    sender = _path(parcel.sender, Fault.OURS, Phase.MAIL) if parcel.sender else ""
    recipient = _path(parcel.recipient, Fault.ADDRESS, Phase.RCPT)
    if not (sender + recipient).isascii():
        if "smtputf8" not in offers:
            reason = "the relay takes no addresses with letters beyond a to z before the @ (SMTPUTF8)"
            raise UnsendableError(*_culprit(sender), reason)
        options += b" SMTPUTF8"
    return Envelope(
        mail=b"MAIL FROM:<" + sender.encode() + b">" + options, rcpt=b"RCPT TO:<" + recipient.encode() + b">"
    )


def _culprit(sender: str) -> tuple[Fault, Phase]:
    return (Fault.ADDRESS, Phase.RCPT) if sender.isascii() else (Fault.OURS, Phase.MAIL)


def _path(address: str, fault: Fault, phase: Phase) -> str:
    """The address as it goes on the wire: its domain always in A-labels (RFC 5890)."""
    if address.isascii():
        if len(address) <= _LONGEST_ADDRESS and _PLAIN.fullmatch(address):
            return address
        raise UnsendableError(fault, phase, "not an address that can be written to")
    try:
        valid = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise UnsendableError(fault, phase, "not an address that can be written to") from None
    return f"{valid.local_part}@{valid.ascii_domain}"


def body_of(parcel: Parcel) -> bytes:
    """The mail with CRLF line ends throughout and its leading dots doubled (RFC 5321 section 4.5.2).

    No bare CR or LF is left, on which two servers could disagree about where a mail ends.
    """
    data = parcel.data
    if parcel.wire_ready:
        return data
    # Counting is ten times as fast as mending nothing.
    body = data if have_clean_ends(data) else _LINE_END.sub(_CRLF, data)
    if not body.endswith(_CRLF):
        body += _CRLF
    body = body.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body
