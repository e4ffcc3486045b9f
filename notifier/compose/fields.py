"""The header fields of a Message, each with its meaning and its form on the wire."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from notifier.compose.content import Content
from notifier.compose.headers import encoded, guard, named, wire_address
from notifier.compose.letterhead import Letterhead
from notifier.core.message import Message
from notifier.core.subscription import Subscriber
from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field: `meant` is what a mail program shows, `wire` the encoded and folded form."""

    name: str
    meant: str
    wire: str


def fields_of(
    *,
    message: Message,
    subscriber: Subscriber,
    content: Content,
    local_now: datetime,
) -> tuple[Field, ...]:
    """Every header field but those of MIME. Raises UnsafeHeaderError for a text that must not stand in one."""
    letterhead = content.letterhead
    subject = content.subject.text
    return (
        _from(letterhead),
        _plain("To", wire_address(subscriber.address)),
        *_answers(content),
        Field(name="Subject", meant=subject, wire=encoded("Subject", subject)),
        _plain("Date", format_datetime(local_now)),
        _plain("Message-ID", message.header_id or ""),
        *_thread(subscriber, content),
        _plain("Content-Language", subscriber.language),
        *_leaving(letterhead, content.leave_url, subscriber),
        # RFC 3834: no vacation replies.
        _plain("Auto-Submitted", "auto-generated"),
    )


def letter_fields(
    *,
    recipient: str,
    letterhead: Letterhead,
    subject: str,
    date: str,
    header_id: str,
    language: Language,
    leave_url: str,
    subscriber: Subscriber,
    auto_submitted: str,
) -> tuple[Field, ...]:
    """The same of a Letter: in no thread, and without a way to leave (`leave_url` "") where none makes sense."""
    return (
        _from(letterhead),
        _plain("To", wire_address(recipient)),
        *_reply_to(letterhead, letterhead.contact),
        Field(name="Subject", meant=subject, wire=encoded("Subject", subject)),
        _plain("Date", date),
        _plain("Message-ID", header_id),
        _plain("Content-Language", language),
        *(_leaving(letterhead, leave_url, subscriber) if leave_url else ()),
        # RFC 3834: no vacation replies.
        _plain("Auto-Submitted", auto_submitted),
    )


def _from(letterhead: Letterhead) -> Field:
    sender = wire_address(letterhead.sender)
    return Field(
        name="From",
        meant=" ".join(f"{letterhead.publisher} <{sender}>".split()),
        wire=named("From", letterhead.publisher, sender),
    )


def _leaving(letterhead: Letterhead, leave_url: str, subscriber: Subscriber) -> tuple[Field, ...]:
    """RFC 2919, RFC 2369 and RFC 8058: what lets mail programs offer to leave by one press, or by a mail from any
    mailbox where mail to us is read."""
    ways = [f"<{leave_url}>"]
    if letterhead.mailbox is not None:
        ways.append(f"<mailto:{letterhead.mailbox.leave(subscriber.id, subscriber.moves)}>")
    return (
        _plain("List-Id", f"<varsel.{letterhead.domain}>"),
        Field(name="List-Unsubscribe", meant=", ".join(ways), wire=",\r\n ".join(ways)),
        _plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _plain(name: str, value: str) -> Field:
    return Field(name=name, meant=guard(value, what=name), wire=value)


def _answers(content: Content) -> tuple[Field, ...]:
    """Answers go to whoever can answer for the most urgent Change."""
    letterhead = content.letterhead
    return _reply_to(letterhead, content.sections[0].contact if content.sections else letterhead.contact)


def _reply_to(letterhead: Letterhead, contact: str) -> tuple[Field, ...]:
    """What would go to the publisher comes to our mailbox first, which sends on what no program can answer."""
    if contact == letterhead.contact and letterhead.mailbox is not None:
        contact = letterhead.mailbox.address
    return (_plain("Reply-To", wire_address(contact)),) if contact else ()


def _thread(subscriber: Subscriber, content: Content) -> tuple[Field, ...]:
    """One Subscriber's mails about one Change form a thread, under a Message-ID that tells neither."""
    if not content.sections:
        return ()
    name = f"{subscriber.public_id}/{content.sections[0].change.id}".encode()
    thread = f"<change.{hashlib.blake2s(name, digest_size=16).hexdigest()}@{content.letterhead.domain}>"
    return (_plain("In-Reply-To", thread), _plain("References", thread))
