"""Mails as mail programs and servers write them, kept as files, and reading them."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes
from email.utils import parseaddr
from functools import cache
from pathlib import Path

from notifier.compose.mailbox import Mailbox
from notifier.consent.replies import RepliedTo
from notifier.core.change import ChangeList
from notifier.core.subscription import SubscriberState
from notifier.inbox.deciding import Decision, decide
from notifier.inbox.reading import Incoming, read
from tests.sources.lists import REAL_FILE, parsed

MAILS = Path(__file__).with_name("mails")
US = "varsel@varsel.example.no"
TODAY = date(2026, 11, 23)
MAILBOX = Mailbox(US, ("old", "new"))


@cache
def real_list() -> ChangeList:
    """The list that ships."""
    return parsed(REAL_FILE.read_text(encoding="utf-8"))


def bytes_of(name: str, folder: Path = MAILS) -> bytes:
    """A mail as it comes over the wire."""
    return (folder / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")


def incoming(name: str, folder: Path = MAILS) -> Incoming:
    """A mail, read. Reports have no sender; all others have their author."""
    data = bytes_of(name, folder)
    sender = "" if name.startswith("dsn-") else parseaddr(str(message_from_bytes(data)["From"]))[1]
    return read(data, sender=sender, ours=[US])


def letter(
    body: str,
    *,
    subject: str = "Hei",
    sender: str = "kari@epj.example.no",
    author: str | None = None,
    headers: str = "",
) -> bytes:
    """A plain mail, headers given as whole lines."""
    return (
        f"From: {author or sender}\r\nTo: {US}\r\nSubject: {subject}\r\n{headers}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


def decision(
    mail: Incoming,
    *,
    to: str = US,
    is_old: bool = False,
    state: SubscriberState | None = SubscriberState.ACTIVE,
    replied_to: RepliedTo | None = None,
) -> Decision:
    """What is done with it when it was written to this address."""
    detail = MAILBOX.detail_of(to)
    assert detail is not None
    return decide(
        mail,
        detail=detail,
        signed=MAILBOX.read(detail),
        is_old=is_old,
        changes=real_list(),
        state=state,
        replied_to=replied_to,
        today=TODAY,
    )
