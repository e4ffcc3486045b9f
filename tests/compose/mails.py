"""Composing for tests: a letterhead, links, and Notices about lists built by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.matter import matter_of
from notifier.compose.messages import Mail, compose
from notifier.compose.recipient import recipient_of
from notifier.compose.templates import Templates, shipped_templates
from notifier.compose.voice import Voice
from notifier.core.change import Change, ChangeList, Service, Source
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.message import Message, MessageState
from notifier.core.notice import PROMISES, Notice, NoticeKind, Step
from notifier.core.stance import Stance
from notifier.core.subscription import Subscriber
from notifier.core.text import Language, Text
from notifier.core.when import When
from tests.core.lists import TIMING, a_change, a_subscriber, oslo

LETTERHEAD = Letterhead(
    publisher="Varsler for e-helse", contact="varsel@helsenett.example", sender="varsel@helsenett.example"
)
LINKS = Links("https://varsel.helsenett.example", ("a-key-for-tests",))


def old_login(*deadlines: object, **fields: object) -> Change:
    """The old login of Kjernejournal, ending on 1 December 2026 unless told otherwise."""
    words = {
        "title": Text(nb="gammel innlogging", nn="gammal innlogging", en="old login"),
        "summary": Text(
            nb="Innloggingen blir borte.", nn="Innlogginga blir borte.", en="The login goes away."
        ),
        "affects": Text(nb="Ja, hvis dere bruker den.", nn="Ja, om de bruker ho.", en="Yes, if you use it."),
        "action": Text(nb="Bytt innlogging.", nn="Byt innlogging.", en="Change your login."),
        "contact": "kundesenter@helsenett.example",
        "source": Source(document="Veikartet", url="https://helsenett.example/veikart"),
    }
    return a_change(*deadlines, name="gammel-innlogging", **words | fields)  # type: ignore[arg-type]


def listed(*changes: Change) -> ChangeList:
    """A list of these Changes with the services they name, properly spelt."""
    names = {"kjernejournal": "Kjernejournal", "preg": "PREG", "helseid": "HelseID"}
    services = tuple(Service(id=s, name=names.get(s, s)) for s in dict.fromkeys(c.service for c in changes))
    return ChangeList(revision=7, services=services, changes=changes)


def a_notice(kind: NoticeKind, deadline: str = "gammel-innlogging/end", *, old: When | None = None) -> Notice:
    """A Notice of that kind about that Deadline."""
    spoken = "2026-11-20" if kind in PROMISES else ""
    step = Step(deadline=deadline, kind=kind, due=oslo("2026-01-01"), spoken=spoken)
    return Notice(id=1, subscriber_id=1, step=step, old=old)


def composed(
    *notices: Notice,
    changes: ChangeList | None = None,
    history: Mapping[str, Sequence[Entry]] | None = None,
    stances: Mapping[str, Stance] | None = None,
    now: datetime | None = None,
    language: Language = Language.NB,
    subscriber: Subscriber | None = None,
    letterhead: Letterhead = LETTERHEAD,
    templates: Templates | None = None,
) -> Mail:
    """These Notices as a mail, sent on Tuesday 24 November 2026 unless told otherwise."""
    at = now or oslo("2026-11-24")
    person = subscriber or a_subscriber(language=language)
    message = _claimed(at)
    matter = matter_of(
        message=message,
        subscriber=person,
        notices=notices,
        ask=None,
        changes=changes or listed(old_login()),
        history=history or {},
        footing=Footing(stances=stances or {}),
        now=at,
        timing=TIMING,
    )
    recipient = recipient_of(
        message=message,
        header_id="<n12.0.abc@helsenett.example>",
        subscriber=person,
        ask=None,
        address=person.address,
        now=at,
    )
    voice = Voice(
        timing=TIMING, letterhead=letterhead, templates=templates or shipped_templates(), links=LINKS
    )
    return compose(matter, recipient, voice)


def _claimed(at: datetime) -> Message:
    return Message(
        id=12, subscriber_id=1, state=MessageState.CLAIMED, anytime=False, created_at=at, not_before=at
    )


def parsed(mail: Mail) -> EmailMessage:
    """The mail as a mail program reads it."""
    return cast("EmailMessage", message_from_bytes(mail.data, policy=policy.default))


def text_of(mail: Mail) -> str:
    """Its text part."""
    return _part(mail, "plain")


def html_of(mail: Mail) -> str:
    """Its HTML part."""
    return _part(mail, "html")


def one_line(text: str) -> str:
    """The text without its line breaks, to look for sentences in."""
    return " ".join(text.split())


def _part(mail: Mail, subtype: str) -> str:
    parts: Sequence[EmailMessage] = [
        part for part in parsed(mail).walk() if part.get_content_subtype() == subtype
    ]
    return str(parts[0].get_content()).replace("\r\n", "\n")
