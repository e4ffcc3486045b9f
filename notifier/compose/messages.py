"""A Message's bytes: what it says as it stands now, in its reader's language, as text and HTML.

This is the whole way to a mail, a template at a time. `compose.composer` takes it once for all who are told the
same, and its result is what every shorter way is held against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from css_inline import CSSInliner

from notifier.compose.attachments import Attachment, attachments_of
from notifier.compose.content import content_of
from notifier.compose.fields import Field, fields_of
from notifier.compose.headers import wire_address
from notifier.compose.letters import RESPONSES, letter_content_of
from notifier.compose.matter import Matter
from notifier.compose.mime import assemble, verify
from notifier.compose.places import Place, Places
from notifier.compose.plaintext import wrapped
from notifier.compose.recipient import Recipient
from notifier.compose.voice import Voice
from notifier.core.letter import LetterKind
from notifier.core.lines import are_wire_ready

INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A composed Message: its envelope and its bytes, headers included; whether they are `wire_ready` (`core.lines`).
    Addresses stay out of `repr`."""

    subject: str
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    data: bytes = field(repr=False)
    wire_ready: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail before it is put together, with every place that was asked for, by its name.

    `text` is `unwrapped` with its lines wrapped.
    """

    subject: str
    fields: tuple[Field, ...] = field(repr=False)
    unwrapped: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    attachments: tuple[Attachment, ...]
    places: Mapping[str, Place]


def compose(matter: Matter, recipient: Recipient, voice: Voice) -> Mail:
    """Write one Message, proven to read back as it was meant.

    Raises UnsafeHeaderError for what must not stand in a header, AlteredMailError when the bytes do not read
    back as they were meant, jinja2.UndefinedError for a template that asks for what there is not.
    """
    draft = draft_of(matter, recipient, voice)
    wire = [(each.name, each.wire) for each in draft.fields]
    data = assemble(headers=wire, text=draft.text, html=draft.html, attachments=draft.attachments)
    meant = [(each.name, each.meant) for each in draft.fields]
    verify(data, headers=meant, text=draft.text, html=draft.html, attachments=draft.attachments)
    ready = are_wire_ready(data)
    return enveloped(data, wire_ready=ready, subject=draft.subject, recipient=recipient, voice=voice)


def enveloped(data: bytes, *, wire_ready: bool, subject: str, recipient: Recipient, voice: Voice) -> Mail:
    """The bytes with the envelope that takes them to the recipient."""
    return Mail(
        subject=subject,
        sender=voice.letterhead.return_path(recipient.message_id, recipient.moves),
        recipient=wire_address(recipient.address),
        data=data,
        wire_ready=wire_ready,
    )


def draft_of(matter: Matter, recipient: Recipient, voice: Voice) -> Draft:
    """What a Message says to one recipient. Raises as `compose` does."""
    if matter.letter is None:
        return _of_notices(matter, Places(recipient), voice)
    places = Places(recipient)
    given, is_help = matter.given, matter.letter is LetterKind.HELP_WANTED
    content = letter_content_of(matter, matter.letter, places=places, voice=voice)
    fields = fields_of(
        places=places,
        voice=voice,
        language=matter.language,
        subject=content.subject,
        contact=(given.address if given and is_help else "") or voice.letterhead.contact,
        asks=not is_help and (given is not None or content.overview is not None),
        thread="",
        leave_url=content.leave_url,
        auto_submitted="auto-replied" if matter.letter in RESPONSES else "auto-generated",
    )
    return _rendered("letter", content, matter, voice, subject=content.subject, fields=fields, places=places)


def _of_notices(matter: Matter, places: Places, voice: Voice) -> Draft:
    content = content_of(matter, places=places, voice=voice)
    # Answers go to whoever can answer for the most urgent Change, and its mails form a thread.
    first = content.sections[0] if content.sections else None
    fields = fields_of(
        places=places,
        voice=voice,
        language=matter.language,
        subject=content.subject.text,
        contact=first.contact if first else voice.letterhead.contact,
        asks=content.asks,
        thread=first.change.id if first else "",
        leave_url=content.leave_url,
        auto_submitted="auto-generated",
    )
    return _rendered(
        "message", content, matter, voice, subject=content.subject.text, fields=fields, places=places
    )


def _rendered(
    name: str,
    content: object,
    matter: Matter,
    voice: Voice,
    *,
    subject: str,
    fields: tuple[Field, ...],
    places: Places,
) -> Draft:
    """`templates/email/NAME` as text and HTML; a Letter brings no calendar files, since it tells no news."""
    attachments = attachments_of(matter, voice)
    values = {"content": content, "attached": bool(attachments)}
    unwrapped = voice.templates.render(f"email/{name}.txt.j2", matter.language, **values)
    return Draft(
        subject=subject,
        fields=fields,
        unwrapped=unwrapped,
        text=wrapped(unwrapped),
        html=INLINER.inline(voice.templates.render(f"email/{name}.html.j2", matter.language, **values)),
        attachments=attachments,
        places=dict(places.asked),
    )
