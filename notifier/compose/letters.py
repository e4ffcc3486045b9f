"""Letters: what a mail about the subscription itself says; in no format yet.

What somebody typed into a form never stands in one, for a stranger could make us write it to anybody: but for the
words of a Subscriber who needs help, which go to the contact of the Change alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.following import following_of
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links, in_language
from notifier.compose.matter import Matter
from notifier.compose.overview import Overview, overview_of
from notifier.compose.places import Place, Places
from notifier.compose.sections import heading_of
from notifier.compose.subjects import LONGEST
from notifier.compose.voice import Voice
from notifier.core.address import masked
from notifier.core.letter import ACCESS_WITHIN, WITH_OVERVIEW, LetterKind

# These go to whoever subscribes at this address: their footer leads to choosing and to leaving.
_TO_SUBSCRIBERS = (
    LetterKind.ALREADY, LetterKind.STATUS, LetterKind.LEAVING, LetterKind.ASK_AGAIN, LetterKind.ANSWERED
)  # fmt: skip
# These answer a mail.
RESPONSES = (LetterKind.STATUS, LetterKind.HELP, LetterKind.LEAVING, LetterKind.ASK_AGAIN)
_WORDS = "email/letter-words.txt.j2"
# These have words only where there is somebody to write to.
_NAMING_CONTACT = ("erase", "not_me")
_BUTTONS = ("confirm", "choose", "undo", "open", "confirm_address", "answer_other", "leave")
_LINKED = (*_BUTTONS, "deny", "again", "about")
_SHAPES = {
    LetterKind.CONFIRMATION: "asked wish confirm within unasked deny",
    LetterKind.ALREADY: "already paused choose",
    LetterKind.GOODBYE: "ended mistaken undo erase",
    LetterKind.ACCESS: "access open until secret",
    LetterKind.NEW_ADDRESS: "moving confirm_address within not_moving deny",
    LetterKind.ADDRESS_CHANGED: "moved not_me",
    LetterKind.STATUS: "less again follow paused choose",
    LetterKind.HELP: "commands misused deny",
    LetterKind.LEAVING: "doubted leave not_moving",
    LetterKind.ASK_AGAIN: "unread forwarded press",
    LetterKind.ANSWERED: "answered follows answer_other",
    LetterKind.HELP_WANTED: "wanted quoted respond about",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, or one link with its words; `is_button` says that the link is what the Letter is for."""

    words: str
    url: str = ""
    is_button: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContent:
    """What a Letter says, in no format yet. `overview` is None where it shows none."""

    subject: str
    blocks: tuple[Block, ...]
    overview: Overview | None
    letterhead: Letterhead
    page_url: str
    leave_url: str
    own_calendar_url: str


def letter_content_of(matter: Matter, kind: LetterKind, *, places: Places, voice: Voice) -> LetterContent:
    """What a Letter of this kind says. Raises LookupError for a part that has no words or leads nowhere: without it a
    Letter would leave that says half of what it must."""
    language, links, contact = matter.language, voice.links, voice.letterhead.contact
    values = {
        "kind": kind,
        "contact": contact,
        "follows": following_of(matter.followed, matter.changes, language),
        "undo_until": matter.undo_until,
        "access_until": matter.access_until,
        "paused_until": matter.paused_until,
        **_told_of(matter, contact),
    }

    def words(part: str) -> str:
        found = " ".join(voice.templates.render(_WORDS, language, part=part, **values).split())
        if not found and (contact or part not in _NAMING_CONTACT):
            raise LookupError(f"{_WORDS} has no words for the part {part} of the letter {kind}")
        return found

    def url(part: str, link: Place) -> str:
        return places(part, lambda to: in_language(link(to), language))

    urls = {part: url(part, link) for part, link in _links(kind, matter, links).items()}
    urls |= _link_of_answer(matter, places, voice)
    blocks = [
        Block(words=words(part), url=urls[part] if part in _LINKED else "", is_button=part in _BUTTONS)
        for part in _shape(kind, matter)
    ]
    return LetterContent(
        subject=words("subject")[:LONGEST],
        blocks=tuple(block for block in blocks if block.words),
        overview=overview_of(matter, places=places, voice=voice) if kind in WITH_OVERVIEW else None,
        letterhead=voice.letterhead,
        page_url=links.page(language),
        leave_url=url("leave", lambda to: links.leave(to.addressee)) if kind in _TO_SUBSCRIBERS else "",
        own_calendar_url=_own_calendar(places, links) if kind is LetterKind.STATUS else "",
    )


def _own_calendar(places: Places, links: Links) -> str:
    return places("own calendar", lambda to: links.private_calendar(to.public_id, to.calendar_serial))


def _told_of(matter: Matter, contact: str) -> dict[str, object]:
    """What the words of a Letter that tells of an Answer need; `contact` is whom to ask where a Change names nobody."""
    given = matter.given
    change = matter.changes.change(given.answer.change_id) if given else None
    if given is None or change is None:
        return {}
    return {
        "answer": given.answer,
        "vendor": given.vendor,
        "giver": given.address if matter.letter is LetterKind.HELP_WANTED else masked(given.address),
        "is_own": matter.is_own,
        "ask": change.contact or contact,
        "about": heading_of(change, matter.changes, matter.language),
    }


def _link_of_answer(matter: Matter, places: Places, voice: Voice) -> dict[str, str]:
    """Where one answers otherwise; and the Change's page, for whoever must help."""
    if matter.given is None:
        return {}
    change_id, links = matter.given.answer.change_id, voice.links
    if matter.letter is LetterKind.HELP_WANTED:
        return {"about": links.change(change_id, matter.language)}
    return {"answer_other": places(f"answer {change_id}", lambda to: links.answer(to.addressee, change_id))}


def _shape(kind: LetterKind, matter: Matter) -> list[str]:
    """The parts of a Letter in their order. Who subscribes ends that by other links."""
    if kind is LetterKind.HELP and matter.subscribes:
        return ["commands"]
    left_out: set[str] = set()
    if not matter.dropped:
        left_out |= {"less", "again"}
    if matter.paused_until is None:
        left_out.add("paused")
    return [part for part in _SHAPES[kind].split() if part not in left_out]


def _links(kind: LetterKind, matter: Matter, links: Links) -> dict[str, Place]:
    """Where the blocks of a Letter lead."""
    match kind:
        case LetterKind.CONFIRMATION:
            return {
                "confirm": lambda to: links.confirm(to.addressee, to.nonce),
                "deny": lambda to: links.deny(to.addressee),
            }
        case LetterKind.NEW_ADDRESS:
            return {
                "confirm_address": lambda to: links.new_address(to.public_id, to.nonce),
                "deny": lambda to: links.deny_new_address(to.public_id, to.nonce),
            }
        case LetterKind.GOODBYE:
            return {"undo": lambda to: links.undo(to.public_id, to.generation)}
        case LetterKind.ACCESS:
            return {"open": lambda to: links.access(to.public_id, to.generation, until=to.at + ACCESS_WITHIN)}
        case LetterKind.HELP:
            return {"deny": lambda to: links.deny_help(to.addressee)}
        case LetterKind.LEAVING:
            return {"leave": lambda to: links.leave(to.addressee)}
        case LetterKind.ALREADY | LetterKind.STATUS:
            return {
                "choose": lambda to: links.choose(to.addressee),
                "again": lambda to: links.follow_again(to.addressee, matter.dropped),
            }
        case _:
            return {}
