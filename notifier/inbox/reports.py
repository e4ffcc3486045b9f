"""Delivery status reports: the machine-readable ones (RFC 3464), and by flufl.bounce what older servers write."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

# It tells each step it takes, with the addresses that it found.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

# Every form that it knows is tried on every line; a report says what it has to say in its first lines.
_TRIED = 64 * 1024
_TRIED_LINES = 2_000
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """That a mail could not be delivered for good: the enhanced status code (RFC 3463) and the server's words."""

    status: str
    words: str


def report_in(mail: Message, data: bytes) -> Report | None:
    """The first final failure that a mail reports; `data` is what it was read from.

    Delays, successes and all other mail are None.
    """
    blocks = list(_recipient_blocks(mail))
    for block in blocks:
        action = str(block.get("Action", "")).strip().casefold()
        if action.startswith(("fail", "error")):
            status = str(block.get("Status", "")).split("(")[0].strip() or "5.0.0"
            words = str(block.get("Diagnostic-Code", "")).partition(";")[2]
            return Report(status=status[:20], words=" ".join(words.split())[:_MOST_WORDS])
    if blocks:
        return None
    return Report(status="5.0.0", words="") if _is_older_report(data) else None


def _is_older_report(data: bytes) -> bool:
    """Whether the beginning of a mail is a report in the form of some mail server."""
    beginning = b"\n".join(data[:_TRIED].split(b"\n", _TRIED_LINES)[:_TRIED_LINES])
    try:
        _, failed = all_failures(message_from_bytes(beginning))
    except Exception:  # noqa: BLE001 -- it trips over damaged headers in more ways than one
        return False
    return bool(failed)


def _recipient_blocks(mail: Message) -> Iterator[Message]:
    """The per-recipient fields of every message/delivery-status part."""
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (block for block in blocks if isinstance(block, Message) and "Action" in block)
