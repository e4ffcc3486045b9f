"""The lines of a mail, and whether SMTP carries them as they are."""

from __future__ import annotations

_CRLF = b"\r\n"


def have_clean_ends(mail: bytes) -> bool:
    """Whether every CR and LF is part of a CRLF: on a bare one two servers could disagree about where a mail ends."""
    return mail.count(b"\n") == mail.count(b"\r") == mail.count(_CRLF)


def are_wire_ready(mail: bytes) -> bool:
    """Whether nothing is to be mended: CRLF at every line's end, also the last one's, and no dot at a line's beginning
    that would have to be doubled (RFC 5321 sections 2.3.8 and 4.5.2)."""
    begins_with_dot = mail.startswith(b".") or b"\r\n." in mail
    return mail.endswith(_CRLF) and have_clean_ends(mail) and not begins_with_dot
