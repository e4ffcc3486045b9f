"""Reading a mail: bytes to what matters of them, in bounded time and memory whatever the bytes are.

Only the beginning of a mail is looked into, and nothing at all in one that is built to wear readers out.
"""

from __future__ import annotations

import email
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from notifier.compose.mailbox import CANARY_HEADER
from notifier.core.address import normal_address
from notifier.errors import NotifierError
from notifier.inbox.authentication import RESULTS, fails_dmarc
from notifier.inbox.automatic import asks_for_silence, why_automatic
from notifier.inbox.own_words import own_lines
from notifier.inbox.page_text import page_text
from notifier.inbox.reports import Report, report_in

LOOKED_AT = 256 * 1024
MOST_PARTS = 200
MOST_HEADERS = 500
_LONGEST_HEADER = 2_000
_MOST_COMMENTS = 20
_MOST_TEXT = 64 * 1024
_NESTS = re.compile(rb"boundary\*?(?:0\*?)?\s*=|content-type:\s*message/", re.IGNORECASE)
_DELIMITER = re.compile(rb"^--", re.MULTILINE)
_FIELD = re.compile(rb"^[!-9;-~]+:", re.MULTILINE)


class HostileMailError(NotifierError):
    """A mail built of so many parts that reading it would wear us out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail to us, read.

    `sender` is its envelope's ("" for none), `author` its only From address ("" when there is none or several).
    `text` is all that was written, `lines` the writer's own of it, and `holds_more` that there is something else, such
    as a picture or a file. `automatic` says why no person wrote it,
    `is_quiet` that its sender wants no automatic answers, `fails_dmarc` that our mail server found its author's domain
    to disown it, `report` what it says of a mail of ours, `canary` the
    detail by which a canary may be known.
    """

    sender: str = field(repr=False)
    author: str = field(repr=False)
    author_name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    holds_more: bool = False
    automatic: str = ""
    is_quiet: bool = False
    fails_dmarc: bool = False
    report: Report | None = None
    canary: str = ""


def read(data: bytes, *, sender: str, ours: Iterable[str], authenticated_by: str = "") -> Incoming:
    """Read a mail. `ours` are the addresses that we write from, `authenticated_by` the name under which our mail server
    writes what it found out about authors, "" for none. Raises HostileMailError."""
    looked_at = data[:LOOKED_AT]
    _refuse_what_wears_out(looked_at)
    mail = email.message_from_bytes(looked_at)
    headers = _headers(mail)
    author, name = _author(mail)
    subject = headers.get("subject", "")
    text = _text(mail)[:_MOST_TEXT]
    return Incoming(
        sender=sender,
        author=author,
        author_name=name,
        subject=subject,
        text=text,
        lines=own_lines(text),
        holds_more=len(data) > LOOKED_AT or _holds_more(mail),
        automatic=why_automatic(
            sender=sender,
            author=author or sender,
            subject=subject,
            headers=headers,
            hops=len(mail.get_all("Received", [])),
            ours=frozenset(address.casefold() for address in ours),
        ),
        is_quiet=asks_for_silence(headers),
        fails_dmarc=fails_dmarc(_all_of(mail, RESULTS), server=authenticated_by),
        canary=headers.get(CANARY_HEADER.lower(), ""),
        report=report_in(mail, looked_at) if not sender or _is_daemon(author or sender) else None,
    )


def _refuse_what_wears_out(data: bytes) -> None:
    """The e-mail package nests as deep as a mail does, and looks at every line once a level."""
    nests = sum(1 for _ in _NESTS.finditer(data))
    if nests > MOST_PARTS // 4 or len(_DELIMITER.findall(data)) > MOST_PARTS * 5:
        raise HostileMailError("the mail has too many parts")
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    if len(_FIELD.findall(head)) > MOST_HEADERS:
        raise HostileMailError("the mail has too many headers")


def _is_daemon(address: str) -> bool:
    return address.casefold().partition("@")[0] in ("mailer-daemon", "postmaster")


def _headers(mail: Message) -> Mapping[str, str]:
    """The first of each header, decoded, by lower-case name."""
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        found.setdefault(name.lower(), _decoded(_in_utf8(value)))
    return found


def _all_of(mail: Message, wanted: str) -> Iterator[str]:
    """Every header of that name, on one line each and whole: what counts may come after what a sender makes long."""
    found = (value for name, value in mail.raw_items() if name.lower() == wanted)
    return (_one_line(_in_utf8(value, longest=LOOKED_AT)) for value in found)


def _in_utf8(value: object, *, longest: int = _LONGEST_HEADER) -> str:
    """The beginning of a header's value as it came, where it holds more than ASCII read as UTF-8 (RFC 6532)."""
    return str(value)[:longest].encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(value: object) -> str:
    """A header's words on one line; as they came where they cannot be decoded."""
    raw = str(value)[:_LONGEST_HEADER]
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, UnicodeError, LookupError, ValueError):
        text = raw
    return _one_line(text)


def _one_line(text: str) -> str:
    shown = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(shown.split())


def _author(mail: Message) -> tuple[str, str]:
    """The one address in From and the name before it; nothing when it has none or several (RFC 5322 3.6.2)."""
    fields = [_in_utf8(value) for name, value in mail.raw_items() if name.lower() == "from"]
    if (
        sum(value.count("(") for value in fields) > _MOST_COMMENTS
    ):  # the standard library follows them inwards
        return "", ""
    found = [(name, address) for name, address in getaddresses(fields) if address]
    if len(found) != 1 or "=?" in found[0][1]:
        return "", ""
    name, address = found[0]
    try:
        return normal_address(address), _decoded(name)
    except ValueError:
        return "", ""


def _text(mail: Message) -> str:
    """The first plain text, else the first page as text. Texts that are attached are not what was written."""
    page = ""
    for part in _own_parts(mail):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            continue
        content = _content(part)
        if kind == "text/plain" and content.strip():
            return content
        page = page or content
    return page_text(page)


def _holds_more(mail: Message) -> bool:
    """Whether there is a part beside one plain text and one page: a file, a picture, or what comes below one."""
    texts = ["text/html", "text/plain"]
    for part in _own_parts(mail):
        kind = part.get_content_type()
        if kind not in texts or part.get_content_disposition() == "attachment":
            return True
        texts.remove(kind)
    return False


def _own_parts(mail: Message) -> Iterator[Message]:
    """The mail's parts in order, without those of mails that are attached to it."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [each for each in reversed(inside) if isinstance(each, Message)]
        else:
            yield part


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return payload[:LOOKED_AT].decode(charset, "replace").replace("\0", "")
    except LookupError:
        return payload[:LOOKED_AT].decode("latin-1")
