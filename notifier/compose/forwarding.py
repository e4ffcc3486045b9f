"""Forwarding: a letter that people wrote to us goes on to the publisher's contact, whole, in a mail of our own."""

from __future__ import annotations

import binascii
import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from notifier.compose.headers import encoded, named, wire_address
from notifier.compose.letterhead import Letterhead
from notifier.compose.messages import Mail
from notifier.compose.templates import Templates
from notifier.core.text import Language

# No Message has this number: reports about it are about letters that were sent on.
FORWARDED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A letter to people, with what is shown of it. `author` is "" where it has none to answer."""

    sender: str = field(repr=False)
    author: str = field(repr=False)
    author_name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    data: bytes = field(repr=False)


def forwarded(
    letter: Handed,
    *,
    letterhead: Letterhead,
    language: Language,
    templates: Templates,
    now: datetime,
) -> Mail:
    """The letter in a mail of our own (RFC 2046 section 5.2.1), so that no server takes it for a forgery.

    An answer goes to whoever wrote it. The text says so in `language`, the publisher's.
    """
    subject = _harmless(letter.subject)
    values = {"letter": letter, "subject": subject, "letterhead": letterhead}
    title = " ".join(templates.render("email/forwarded_subject.txt.j2", language, **values).split())
    note = templates.render("email/forwarded.txt.j2", language, **values)
    mark = hashlib.blake2s(letter.data, digest_size=16).hexdigest()
    sender = wire_address(letterhead.sender)
    headers = [
        ("From", named("From", letterhead.publisher, sender)),
        ("To", wire_address(letterhead.contact)),
        *([("Reply-To", wire_address(letter.author))] if letter.author else []),
        ("Subject", encoded("Subject", title)),
        ("Date", format_datetime(now)),
        # The same letter, handed over again, has the same name, so that mailboxes can tell.
        ("Message-ID", f"<forwarded.{mark}@{letterhead.domain}>"),
        ("Content-Language", language),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    return Mail(
        subject=title,
        sender=letterhead.return_path(FORWARDED),
        recipient=wire_address(letterhead.contact),
        data=_assembled(headers, note=note, letter=letter.data, boundary=f"=_{mark}"),
    )


def _assembled(headers: list[tuple[str, str]], *, note: str, letter: bytes, boundary: str) -> bytes:
    """The note and the letter; a letter with its own hash as its boundary cannot be written."""
    kind = "7bit" if letter.isascii() else "8bit"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    quoted = binascii.b2a_qp(note.replace("\n", "\r\n").encode(), istext=True).decode("ascii")
    before = (
        f'{head}Content-Type: multipart/mixed; boundary="{boundary}"\r\n'
        f"Content-Transfer-Encoding: {kind}\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n"
        f"--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n"
        f"Content-Transfer-Encoding: {kind}\r\n\r\n"
    )
    return before.encode("ascii") + letter + f"\r\n--{boundary}--\r\n".encode("ascii")


def _harmless(text: str) -> str:
    """A stranger's words fit for a header: nothing that hides, turns or decodes."""
    shown = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(shown.replace("=?", "= ?").split())[:200]
