"""Letters' bytes: what a mail about the subscription itself says, and which header fields it has.

What somebody typed into a form never stands in one: a stranger could make us write it to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from notifier.compose.fields import letter_fields
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links, in_language
from notifier.compose.messages import Mail, written
from notifier.compose.sections import followed_names, topic_names
from notifier.compose.standing import Standing, standing_of
from notifier.compose.subjects import LONGEST
from notifier.compose.templates import Templates
from notifier.core.change import ChangeList
from notifier.core.letter import ACCESS_WITHIN, UNDO_WITHIN, Ask, LetterKind
from notifier.core.message import Message
from notifier.core.subscription import Subscriber
from notifier.core.text import Language
from notifier.core.timing import Timing

# These go to whoever subscribes at this address: their footer leads to choosing and to leaving.
_TO_SUBSCRIBERS = (LetterKind.ALREADY, LetterKind.STATUS)
# These answer a mail (RFC 3834).
_RESPONSES = (LetterKind.STATUS, LetterKind.HELP)
_BUTTONS = ("confirm", "choose", "undo", "open", "confirm_address")
_SHAPES = {
    LetterKind.CONFIRMATION: "asked wish confirm within unasked deny",
    LetterKind.ALREADY: "already choose",
    LetterKind.GOODBYE: "ended mistaken undo erase",
    LetterKind.ACCESS: "access open until secret",
    LetterKind.NEW_ADDRESS: "moving confirm_address within not_moving deny",
    LetterKind.ADDRESS_CHANGED: "moved not_me",
    LetterKind.STATUS: "follow choose",
    LetterKind.HELP: "commands",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, or one link with its words; `is_button` says that the link is what the Letter is for."""

    words: str
    url: str = ""
    is_button: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """What a Letter says, in no format yet. `standing` is the overview, where it has one."""

    subject: str
    blocks: tuple[Block, ...]
    standing: Standing | None
    letterhead: Letterhead
    page_url: str
    leave_url: str
    own_calendar_url: str


def compose_letter(
    *,
    message: Message,
    recipient: str,
    subscriber: Subscriber,
    ask: Ask | None,
    changes: ChangeList,
    now: datetime,
    timing: Timing,
    letterhead: Letterhead,
    templates: Templates,
    links: Links,
) -> Mail:
    """Write one Letter to `recipient`; `message.header_id` is its Message-ID.

    Raises ValueError for a Message that is no Letter, or asks for what is not asked any more, and else as
    `compose.messages.compose`.
    """
    kind = message.letter
    if kind is None:
        raise ValueError("a message is no letter")
    language = ask.language if ask and kind is LetterKind.CONFIRMATION else subscriber.language
    content = _content(
        kind=kind,
        language=language,
        subscriber=subscriber,
        ask=ask,
        changes=changes,
        now=now,
        timing=timing,
        letterhead=letterhead,
        templates=templates,
        links=links,
    )
    fields = letter_fields(
        recipient=recipient,
        letterhead=letterhead,
        subject=content.subject,
        date=format_datetime(now.astimezone(timing.zone)),
        header_id=message.header_id or "",
        language=language,
        leave_url=content.leave_url,
        subscriber=subscriber,
        auto_submitted="auto-replied" if kind in _RESPONSES else "auto-generated",
    )
    return written(
        fields,
        subject=content.subject,
        sender=letterhead.return_path(message.id, subscriber.moves),
        recipient=recipient,
        templates=templates,
        name="letter",
        language=language,
        content=content,
    )


def _content(
    *,
    kind: LetterKind,
    language: Language,
    subscriber: Subscriber,
    ask: Ask | None,
    changes: ChangeList,
    now: datetime,
    timing: Timing,
    letterhead: Letterhead,
    templates: Templates,
    links: Links,
) -> LetterContent:
    followed = topic_names(ask.topics, changes, language) if ask else followed_names(subscriber, changes)
    values = {
        "kind": kind,
        "contact": letterhead.contact,
        "followed": followed,
        "undo_until": timing.today(now + UNDO_WITHIN),
        "access_until": f"{(now + ACCESS_WITHIN).astimezone(timing.zone):%H:%M}",
    }

    def words(part: str) -> str:
        return " ".join(templates.render("email/letter-words.txt.j2", language, part=part, **values).split())

    urls = {
        part: in_language(url, language) for part, url in _urls(kind, subscriber, ask, links, now).items()
    }
    blocks = [
        Block(words=words(part), url=urls.get(part, ""), is_button=part in _BUTTONS)
        for part in _SHAPES[kind].split()
    ]
    standing = None
    if kind is LetterKind.STATUS:
        today, contact = timing.today(now), letterhead.contact
        standing = standing_of(
            subscriber=subscriber, changes=changes, contact=contact, links=links, today=today
        )
    own_calendar_url = links.private_calendar(subscriber.public_id, subscriber.calendar_serial)
    return LetterContent(
        subject=words("subject")[:LONGEST],
        blocks=tuple(block for block in blocks if block.words),
        standing=standing,
        letterhead=letterhead,
        page_url=links.page(language),
        leave_url=in_language(links.leave(subscriber.addressee), language) if kind in _TO_SUBSCRIBERS else "",
        own_calendar_url=own_calendar_url if standing else "",
    )


def _urls(
    kind: LetterKind, subscriber: Subscriber, ask: Ask | None, links: Links, now: datetime
) -> dict[str, str]:
    public_id, addressee, generation = subscriber.public_id, subscriber.addressee, subscriber.generation
    match kind:
        case LetterKind.CONFIRMATION if ask:
            return {
                "confirm": links.confirm(addressee, ask.nonce),
                "deny": links.deny(addressee),
            }
        case LetterKind.NEW_ADDRESS if ask:
            return {
                "confirm_address": links.new_address(public_id, ask.nonce),
                "deny": links.deny_new_address(public_id, ask.nonce),
            }
        case LetterKind.CONFIRMATION | LetterKind.NEW_ADDRESS:
            raise ValueError("a letter asks for what is not asked any more")
        case LetterKind.GOODBYE:
            return {"undo": links.undo(public_id, generation)}
        case LetterKind.ACCESS:
            return {"open": links.access(public_id, generation, until=now + ACCESS_WITHIN)}
        case LetterKind.ALREADY | LetterKind.STATUS:
            return {"choose": links.choose(addressee)}
        case _:
            return {}
