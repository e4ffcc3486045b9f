"""Commands by mail: what somebody wants who wrote «stopp», «meld meg på HelseID» or “what do I follow?”.

A line is a command only as a whole, with a little courtesy around it. Anything longer was written to a person,
and a person shall read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Scope, Topic
from notifier.core.text import Language


class Wish(StrEnum):
    """What a command asks for."""

    SUBSCRIBE = "subscribe"
    LEAVE = "leave"
    STATUS = "status"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A Wish, the Topics it names (none: everything) and the language it was written in, where that shows.

    `says_more` tells that there are words beside it, which a person should read.
    """

    wish: Wish
    topics: tuple[Topic, ...] = ()
    language: Language | None = None
    says_more: bool = False


_NB, _NN, _EN = Language.NB, Language.NN, Language.EN
_ABOUT = r"(?: (?:på|pa|til|for|to|of|om|about))?(?P<names>(?: \S+)*)"
_PHRASES = tuple(
    (wish, language, re.compile(pattern))
    for wish, language, pattern in (
        (Wish.LEAVE, _EN, rf"(?:unsubscribe|remove|cancel)(?: (?:me|us))?(?: from)?{_ABOUT}"),
        (Wish.LEAVE, _NN, rf"(?:meld|melde)(?: (?:meg|oss))? av frå{_ABOUT}"),
        (Wish.LEAVE, None, rf"stopp?(?: all)?{_ABOUT}"),
        (Wish.LEAVE, _NB, rf"(?:avmeld|avmelding|avbestill|avslutt|avregistrer)(?: (?:meg|oss))?(?: fra)?{_ABOUT}"),
        (Wish.LEAVE, _NB, rf"(?:meld|melde)(?: (?:meg|oss))? av(?: fra)?{_ABOUT}"),
        (Wish.SUBSCRIBE, _EN, rf"(?:subscribe|sign)(?: (?:me|us))?(?: up)?{_ABOUT}"),
        (Wish.SUBSCRIBE, _NN, rf"teikn abonnement{_ABOUT}"),
        (Wish.SUBSCRIBE, _NB, rf"(?:abonner|abonnere|abonnér|abonnement|tegn abonnement){_ABOUT}"),
        (Wish.SUBSCRIBE, _NB, rf"(?:påmeld|påmelding|pamelding)(?: (?:meg|oss))?{_ABOUT}"),
        (Wish.SUBSCRIBE, _NB, rf"(?:meld|melde)(?: (?:meg|oss))? (?:på|pa){_ABOUT}"),
        (Wish.STATUS, _EN, r"what (?:do (?:i|we) follow|(?:am i|are we) following|is coming)|whats coming"),
        (Wish.STATUS, _NN, r"kva (?:følgjer|folgjer|følger) (?:eg|vi)(?: kva kjem)?|kva kjem"),
        (Wish.STATUS, _NB, r"hva (?:følger|folger) (?:jeg|vi)(?: (?:og )?hva kommer)?|hva kommer"),
        (Wish.STATUS, None, r"status"),
        (Wish.HELP, _EN, r"help(?: me)?|commands"),
        (Wish.HELP, _NN, r"kommandoar"),
        (Wish.HELP, _NB, r"hjelp(?: meg)?|kommandoer"),
    )
)  # fmt: skip
_BEFORE = re.compile(
    r"(?:(?:hei|hi|hello|vennligst|venlegst|please|gjerne|kan (?:du|dere|de|dykk)|(?:can|could) you"
    r"|(?:jeg|eg|vi) (?:vil|ønsker å|ønskjer å)(?: gjerne)?|(?:i|we) (?:want|would like) to) )+"
)
_AFTER = re.compile(r"(?: (?:takk|vennligst|please|thanks|thank you|nå|now|er du snill|på forhånd))+$")
_GREETING = re.compile(r"(?:hei|heisann|hallo|god dag|hi|hello|dear|kjære)(?: \S+){0,3}")
_COURTESY = re.compile(r"(?:takk|tusen takk|på forhånd takk|thanks|thank you|please)(?: \S+){0,2}")
_REPLY_MARK = re.compile(r"\s*(?:re|sv|vs|fw|fwd|aw|antw)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_ALL = re.compile(r"alt|alle|everything|all|varsl(?:er|ar|ene|a)")
_SMALL = re.compile(
    r"og|and|eller|or|også|samt|om|på|for|til|to|the|this|my|our|list|listen|lista|denne|mailing|vars(?:el|elet|ling)"
    r"|abonnementet|tjenesten|tenesta|service|mitt|vårt|oss|meg|about|fra|frå|from|bare|berre|kun|only"
)
# Where a name stood. No plain line holds it.
_NAME = "*"
# «Alle varsler om HelseID» means HelseID, and so does «HelseID varsler»; «alle varsler og HelseID» means all.
_JOINS = r"om|for|til|på|av|fra|frå|about|of|from|the|varsel|varselet|varsling|tjenesten|tenesta|service"
_ALL_OF_ONE = re.compile(
    rf"(?<= )(?:(?:(?:{_ALL.pattern}) )+(?:(?:{_JOINS}) )*)?\{_NAME}(?: (?:{_ALL.pattern}))*(?= )"
)
# «Alt unntatt HelseID», «ikke HelseID».
_REVERSES = re.compile(
    r"ikke|ikkje|not|unntatt|unnateke?|utenom|utanom|uten|utan|bortsett|except|but|without"
)
_LONGEST_LINE = 200
_MOST_LINES = 40


def command_in(*, detail: str, subject: str, lines: Sequence[str], changes: ChangeList) -> Command | None:
    """The command in a mail, None when it holds none.

    `detail` is what followed the plus in the address it was written to (RFC 5233), `lines` its writer's own
    words, without what they quote and how they sign.
    """
    said = [plain for plain in map(_plain, lines[:_MOST_LINES]) if plain and not _GREETING.fullmatch(plain)]
    heading = _plain(_without_reply_marks(subject))
    command = _read(_plain(detail.replace("-", " ")), changes)
    if command is not None:
        return _completed(command, said, changes)
    first = _read(said[0], changes) if said else None
    if first is not None:
        return _completed(first, said[1:], changes)
    command = _read(heading, changes)
    return _completed(command, said, changes) if command is not None else None


def _completed(command: Command, rest: Sequence[str], changes: ChangeList) -> Command | None:
    """The command with the Topics that the other lines name. Help and status with a letter around them are
    a question to a person."""
    found = [_added(line, command, changes) for line in rest if not _COURTESY.fullmatch(line)]
    says_more = command.says_more or any(more for _, more in found)
    if says_more and command.wish in (Wish.HELP, Wish.STATUS):
        return None
    topics = [*command.topics, *(topic for named, _ in found for topic in named)]
    return replace(command, topics=_meant(command.wish, topics), says_more=says_more)


def _added(line: str, command: Command, changes: ChangeList) -> tuple[tuple[Topic, ...], bool]:
    """The Topics that another line adds to a command, and whether it says more than that."""
    again = _read(line, changes)
    if again is not None and again.wish is command.wish:
        return again.topics, again.says_more or (again.topics == () != command.topics)
    named, other = _topics_in(line, changes)
    ends_all = command.wish is Wish.LEAVE and command.topics in ((), (EVERYTHING,))
    if named and not other and (ends_all or command.wish is Wish.SUBSCRIBE):
        return named, False
    return (), True


def _meant(wish: Wish, topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """What is meant where everything is named and single Topics too: whatever loses fewer reminders. The Letter that
    follows says what it was taken for."""
    found = set(topics)
    if EVERYTHING in found and len(found) > 1:
        found = found - {EVERYTHING} if wish is Wish.LEAVE else {EVERYTHING}
    return tuple(sorted(found, key=str))


def _read(line: str, changes: ChangeList) -> Command | None:
    """The command that a line is, as a whole."""
    bare = _AFTER.sub("", _BEFORE.sub("", line, count=1) if _BEFORE.match(line) else line)
    for wish, language, pattern in _PHRASES:
        match = pattern.fullmatch(bare)
        if match is None:
            continue
        topics, other = _topics_in(match.groupdict().get("names") or "", changes)
        if _is_for_people(wish, topics, other):
            continue
        says_more = any(map(_REVERSES.fullmatch, other))
        return Command(wish=wish, topics=_meant(wish, topics), language=language, says_more=says_more)
    return None


def _is_for_people(wish: Wish, topics: Sequence[Topic], other: Sequence[str]) -> bool:
    """Whether a person must read what a command names.

    Whoever asks to stop something that we do not know must not be taken to have asked for less, or more; nor whoever
    names everything and a service apart, such as «alle varsler, ikke bare HelseID». Who subscribes like that gets
    everything and chooses, while a person reads what they left out; «ikke HelseID» alone is no wish.
    """
    is_both = EVERYTHING in topics and len(topics) > 1
    if wish is Wish.LEAVE:
        return bool(other) or is_both
    return len(other) > 3 or (not is_both and any(map(_REVERSES.fullmatch, other)))


def _topics_in(line: str, changes: ChangeList) -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    """The Topics that a line names, and the words that name none. Words for everything that belong to a name, as in
    «alle varsler om HelseID», say nothing more than the name."""
    left = f" {line} "
    topics: list[Topic] = []
    for name, topic in _names(changes):
        if f" {name} " in left:
            topics.append(topic)
            left = left.replace(f" {name} ", f" {_NAME} ")
    words = [word for word in _ALL_OF_ONE.sub(_NAME, left).split() if not _SMALL.fullmatch(word)]
    other = tuple(word for word in words if word != _NAME and not _ALL.fullmatch(word))
    if any(map(_ALL.fullmatch, words)):
        topics.append(EVERYTHING)
    return tuple(topics), other


def _names(changes: ChangeList) -> Iterator[tuple[str, Topic]]:
    """Every way to name a service or a Change, the longest first so that none hides in another."""
    names = {_plain(change.id): Topic(Scope.CHANGE, change.id) for change in changes.changes}
    for service in changes.services:
        topic = Topic(Scope.SERVICE, service.id)
        names |= {
            _plain(service.id): topic,
            _plain(service.id.replace("-", " ")): topic,
            _plain(service.name): topic,
        }
    yield from sorted(names.items(), key=lambda item: -len(item[0]))


def _plain(line: str) -> str:
    """Small letters, digits and single spaces: what is left of «STOPP!»."""
    text = unicodedata.normalize("NFKC", line[:_LONGEST_LINE]).casefold().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w-]|_", " ", text).split())


def _without_reply_marks(subject: str) -> str:
    while (match := _REPLY_MARK.match(subject)) is not None:
        subject = subject[match.end() :]
    return subject
