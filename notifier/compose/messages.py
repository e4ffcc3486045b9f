"""A Message's bytes: its Notices as they stand now, in the Subscriber's language, as text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from css_inline import CSSInliner

from notifier.compose.content import Content, content_of
from notifier.compose.fields import Field, fields_of
from notifier.compose.headers import wire_address
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.mime import assemble, verify
from notifier.compose.plaintext import wrapped
from notifier.compose.templates import Templates
from notifier.core.change import ChangeList
from notifier.core.message import Message
from notifier.core.notice import Notice
from notifier.core.subscription import Subscriber
from notifier.core.text import Language
from notifier.core.timing import Timing

_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A composed Message: its envelope and its bytes, headers included. Addresses stay out of `repr`."""

    subject: str
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    data: bytes = field(repr=False)


def compose(
    *,
    message: Message,
    subscriber: Subscriber,
    notices: Sequence[Notice],
    changes: ChangeList,
    now: datetime,
    timing: Timing,
    letterhead: Letterhead,
    templates: Templates,
    links: Links,
) -> Mail:
    """Write one Message; `message.header_id` is its Message-ID. Days left are counted at `now`, local time.

    Raises UnsafeHeaderError for what must not stand in a header, AlteredMailError when the bytes do not read
    back as they were meant, jinja2.UndefinedError for a template that asks for what there is not.
    """
    content = content_of(
        subscriber=subscriber,
        notices=notices,
        changes=changes,
        letterhead=letterhead,
        templates=templates,
        links=links,
        today=timing.today(now),
    )
    local_now = now.astimezone(timing.zone)
    fields = fields_of(message=message, subscriber=subscriber, content=content, local_now=local_now)
    return Mail(
        subject=content.subject.text,
        sender=wire_address(letterhead.sender),
        recipient=wire_address(subscriber.address),
        data=_written(fields, content, templates, subscriber.language),
    )


def _written(fields: Sequence[Field], content: Content, templates: Templates, language: Language) -> bytes:
    """Headers and both bodies as bytes, proven to read back."""
    text = wrapped(templates.render("email/message.txt.j2", language, content=content))
    html = _INLINER.inline(templates.render("email/message.html.j2", language, content=content))
    data = assemble(headers=[(each.name, each.wire) for each in fields], text=text, html=html)
    verify(data, headers=[(each.name, each.meant) for each in fields], text=text, html=html)
    return data
