"""A Message's bytes: its Notices as they stand now, in the Subscriber's language, as text and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from css_inline import CSSInliner

from notifier.compose.attachments import Attachment, attachments_of
from notifier.compose.content import content_of
from notifier.compose.fields import Field, fields_of
from notifier.compose.headers import wire_address
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.mime import assemble, verify
from notifier.compose.plaintext import wrapped
from notifier.compose.templates import Templates
from notifier.core.change import ChangeList
from notifier.core.history import Entry
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
    history: Mapping[str, Sequence[Entry]],
    now: datetime,
    timing: Timing,
    letterhead: Letterhead,
    templates: Templates,
    links: Links,
) -> Mail:
    """Write one Message; `message.header_id` is its Message-ID. Days left are counted at `now`, local time.
    `history` is each Deadline's, by its key, oldest first.

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
    attachments = attachments_of(
        notices=notices,
        changes=changes,
        history=history,
        letterhead=letterhead,
        links=links,
        language=subscriber.language,
        today=timing.today(now),
        zone=timing.zone,
    )
    local_now = now.astimezone(timing.zone)
    fields = fields_of(message=message, subscriber=subscriber, content=content, local_now=local_now)
    return written(
        fields,
        subject=content.subject.text,
        sender=letterhead.return_path(message.id, subscriber.moves),
        recipient=subscriber.address,
        templates=templates,
        name="message",
        language=subscriber.language,
        content=content,
        attachments=attachments,
    )


def written(
    fields: Sequence[Field],
    *,
    subject: str,
    sender: str,
    recipient: str,
    templates: Templates,
    name: str,
    language: Language,
    content: object,
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """A mail from its header fields and `templates/email/NAME`, as text and HTML, proven to read back.

    `sender` and `recipient` are its envelope's.
    """
    values = {"content": content, "attached": bool(attachments)}
    text = wrapped(templates.render(f"email/{name}.txt.j2", language, **values))
    html = _INLINER.inline(templates.render(f"email/{name}.html.j2", language, **values))
    wire, meant = [(each.name, each.wire) for each in fields], [(each.name, each.meant) for each in fields]
    data = assemble(headers=wire, text=text, html=html, attachments=attachments)
    verify(data, headers=meant, text=text, html=html, attachments=attachments)
    return Mail(
        subject=subject,
        sender=sender,
        recipient=wire_address(recipient),
        data=data,
    )
