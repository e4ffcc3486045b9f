"""Whether a machine wrote a mail, so that it is never answered (RFC 3834 section 2, RFC 5230 section 4.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Programs that leave out Auto-Submitted still say so in the subject.
_SUBJECTS = re.compile(
    r"\s*(?:(?:re|sv|vs)\s*:\s*)?(?:automatisk (?:svar|melding)|autosvar|auto(?:matic)?[- ]?(?:reply|response)"
    r"|out of (?:the )?office|fraværs?(?:melding|assistent)?\b|fråværs?(?:melding)?\b"
    r"|ikkj?e på kontoret|ute av kontoret|ferieavvikling|lest:|read:"
    r"|(?:un)?deliver(?:able|ed mail)|delivery (?:status|failure)|mail delivery|returned mail"
    r"|kan ikke leveres|kan ikkje leverast|ikke levert)",
    re.IGNORECASE,
)
_MACHINES = frozenset(
    [
        "mailer-daemon",
        "postmaster",
        "noreply",
        "no-reply",
        "donotreply",
        "do-not-reply",
        "ikke-svar",
        "ikkesvar",
    ]
)
_TELLING = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-autoreply-from",
    "feedback-id",
)
_LISTS = ("list-id", "list-post", "list-unsubscribe", "x-mailing-list")
_PRECEDENCE = frozenset(("bulk", "junk", "list", "auto_reply"))
_MOST_HOPS = 50


def why_automatic(
    *, sender: str, author: str, subject: str, headers: Mapping[str, str], hops: int, ours: frozenset[str]
) -> str:
    """Why no person wrote this to us, in a few words for the log; "" when one may have.

    `headers` are by lower-case name, `hops` counts the Received fields, `ours` are the addresses that we write
    from ourselves.
    """
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().casefold()
    if not sender:
        return "no sender"
    if {author.casefold(), sender.casefold()} & ours or hops > _MOST_HOPS:
        return "our own mail"
    if submitted != "no":
        return "auto-submitted"
    if headers.get("precedence", "").strip().casefold() in _PRECEDENCE or any(
        name in headers for name in _LISTS
    ):
        return "written to many"
    if any(name in headers for name in _TELLING) or _SUBJECTS.match(subject):
        return "an automatic reply"
    local = author.casefold().partition("@")[0]
    return "a machine's address" if local in _MACHINES or not author else ""


def asks_for_silence(headers: Mapping[str, str]) -> bool:
    """Whether the sender's system wants no automatic replies (Microsoft's [MS-OXCMAIL] 2.2.3.2.14)."""
    wanted = headers.get("x-auto-response-suppress", "").casefold()
    return any(word in wanted for word in ("all", "autoreply", "oof"))
