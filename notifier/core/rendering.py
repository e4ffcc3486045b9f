"""A rendering: from what one copy of a Message was composed, kept so that it can be shown again as it was.

Whoever follows other things by now, or reads another language, was still told what they were told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from notifier.core.change import Change
from notifier.core.letter import OF_ANSWERS, WITH_OVERVIEW, LetterKind
from notifier.core.subscription import Followed, parse_topic
from notifier.core.text import Language

_LEFT_OUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The `number`th copy of a Message's `generation` was composed `at` an instant, from a `reading` of the list (its
    id), in a language, for somebody who followed this then, and had moved to another mailbox so often. It `told` these
    Notices, by their ids."""

    at: datetime
    reading: int
    language: Language
    followed: Followed
    moves: int = 0
    told: tuple[int, ...] = ()
    generation: int = 0
    number: int = 1


def is_kept(letter: LetterKind | None) -> bool:
    """Whether it is kept from what such a Message was composed: what tells of Changes may have to be shown again."""
    return letter is None or letter in OF_ANSWERS | WITH_OVERVIEW


def written(renderings: Iterable[Rendering]) -> str:
    """Renderings as text, a line for each: this is kept for every Message, so it is short."""
    return "\n".join(map(_line, renderings))


def parse_renderings(text: str) -> tuple[Rendering, ...]:
    """Read what `written` wrote. Raises ValueError for any other text."""
    return tuple(map(_parse, text.splitlines()))


def readable_renderings(text: str | None) -> tuple[Rendering, ...]:
    """The same of a text that another release, or damage, may have written: of what cannot be read nothing is known."""
    try:
        return parse_renderings(text or "")
    except ValueError:
        return ()


def _line(rendering: Rendering) -> str:
    told = ",".join(map(str, rendering.told)) or _LEFT_OUT
    return (
        f"{rendering.generation} {rendering.number} {rendering.reading} {rendering.moves}"
        f" {_instant(rendering.at)} {rendering.language} {told}{_topics(rendering.followed)}"
    )


@lru_cache(maxsize=16)
def _instant(at: datetime) -> str:
    """The same for all that are composed at once."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()


@lru_cache(maxsize=1_000)
def _topics(followed: Followed) -> str:
    """The same for many."""
    excluded = (f" {_LEFT_OUT}{topic}" for topic in followed.excluded)
    return "".join([*(f" {topic}" for topic in followed.topics), *excluded])


def _parse(line: str) -> Rendering:
    generation, number, reading, moves, at, language, told, *topics = line.split(" ")
    return Rendering(
        at=datetime.fromisoformat(at).replace(tzinfo=UTC),
        reading=int(reading),
        language=Language(language),
        followed=Followed(
            topics=tuple(parse_topic(topic) for topic in topics if not topic.startswith(_LEFT_OUT)),
            excluded=tuple(parse_topic(topic[1:]) for topic in topics if topic.startswith(_LEFT_OUT)),
        ),
        moves=int(moves),
        told=() if told == _LEFT_OUT else tuple(map(int, told.split(","))),
        generation=int(generation),
        number=int(number),
    )


def ids_shown(followed: Followed, changes: Iterable[Change]) -> frozenset[str]:
    """The Changes, by their ids, that somebody is shown who is told where everything stands."""
    return frozenset(change.id for change in changes if shows(followed, change))


def shows(followed: Followed, change: Change) -> bool:
    """Whether whoever is told where everything stands is shown a Change: what is over is left out."""
    return change.is_open and followed.covers(change)
