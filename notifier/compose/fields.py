"""The header fields of a Message, each with its meaning and its form on the wire."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.compose.headers import encoded, guard, named, wire_address
from notifier.compose.letterhead import Letterhead
from notifier.compose.places import Places
from notifier.compose.recipient import Recipient
from notifier.compose.voice import Voice
from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field: `meant` is what a mail program shows, `wire` the encoded and folded form."""

    name: str
    meant: str
    wire: str


def fields_of(
    *,
    places: Places,
    voice: Voice,
    language: Language,
    subject: str,
    contact: str,
    asks: bool,
    thread: str,
    leave_url: str,
    auto_submitted: str,
) -> tuple[Field, ...]:
    """Every header field but those of MIME. Raises UnsafeHeaderError for a text that must not stand in one.

    Replies go to `contact`, or where it `asks` something, to us who can read the answer. `thread` is the id of the
    Change whose mails it belongs to, `leave_url` how to get no more like it; "" for neither.
    """
    letterhead, zone = voice.letterhead, voice.timing.zone
    return (
        _from(letterhead),
        _plain("To", places("to", lambda to: wire_address(to.address))),
        *_reply_to(places, letterhead, contact, asks=asks),
        Field(name="Subject", meant=subject, wire=encoded("Subject", subject)),
        _plain("Date", places("date", lambda to: _date(to.at, zone))),
        _plain("Message-ID", places("message-id", lambda to: to.header_id)),
        *(_thread(places, thread, letterhead.domain) if thread else ()),
        _plain("Content-Language", language),
        *(_leaving(places, letterhead, leave_url) if leave_url else ()),
        # RFC 3834: no vacation replies.
        _plain("Auto-Submitted", auto_submitted),
    )


@lru_cache(maxsize=8)
def _date(at: datetime, zone: ZoneInfo) -> str:
    """RFC 5322 section 3.3; many mails leave at the same instant."""
    return format_datetime(at.astimezone(zone))


def _from(letterhead: Letterhead) -> Field:
    sender = wire_address(letterhead.sender)
    return Field(
        name="From",
        meant=" ".join(f"{letterhead.publisher} <{sender}>".split()),
        wire=named("From", letterhead.publisher, sender),
    )


def _leaving(places: Places, letterhead: Letterhead, leave_url: str) -> tuple[Field, ...]:
    """RFC 2919, RFC 2369 and RFC 8058: what lets mail programs offer to leave by one press, or by a mail from any
    mailbox where mail to us is read."""
    ways = [f"<{leave_url}>"]
    mailbox = letterhead.mailbox
    if mailbox is not None:
        ways.append(
            f"<mailto:{places('leave by mail', lambda to: mailbox.leave(to.subscriber_id, to.moves))}>"
        )
    return (
        _plain("List-Id", f"<varsel.{letterhead.domain}>"),
        Field(name="List-Unsubscribe", meant=", ".join(ways), wire=",\r\n ".join(ways)),
        _plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _plain(name: str, value: str) -> Field:
    return Field(name=name, meant=guard(value, what=name), wire=value)


def _reply_to(places: Places, letterhead: Letterhead, contact: str, *, asks: bool) -> tuple[Field, ...]:
    """What would go to the publisher comes to our mailbox first, as do answers: it sends on what no program can
    read, also to the contact of a Change."""
    mailbox = letterhead.mailbox
    if mailbox is not None and asks:
        own = places("answer by mail", lambda to: wire_address(mailbox.answer(to.message_id, to.moves)))
        return (_plain("Reply-To", own),)
    if mailbox is not None and contact == letterhead.contact:
        contact = mailbox.address
    return (_plain("Reply-To", wire_address(contact)),) if contact else ()


def _thread(places: Places, change_id: str, domain: str) -> tuple[Field, ...]:
    """One Subscriber's mails about one Change form a thread, under a Message-ID that tells neither."""

    def reference(to: Recipient) -> str:
        name = f"{to.public_id}/{change_id}".encode()
        return f"<change.{hashlib.blake2s(name, digest_size=16).hexdigest()}@{domain}>"

    name = places("thread", reference)
    return (_plain("In-Reply-To", name), _plain("References", name))
