"""Import subscribers: a CSV file becomes Subscribers, all of them or none.

1. `read_joiners` checks every row and reports every problem at once.
2. `foresee` says what importing would come to, and changes nothing.
3. `import_joiners` lets them join in one transaction. Twice is harmless: who is there already stays as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Connection, Engine

from notifier.core.address import normal_address
from notifier.core.cadence import Cadence, parse_cadence
from notifier.core.change import ChangeList
from notifier.core.less import excluded_from_nothing
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import (
    EVERYTHING,
    SubscriberState,
    Topic,
    parse_topic,
    unknown_target,
)
from notifier.core.text import Language
from notifier.jobs.rows import Problems, Row, read_rows
from notifier.store import joining, subscribers, suppressions
from notifier.store.engine import writing
from notifier.store.joining import Joined, Joiner

T = TypeVar("T")

COLUMNS = ("address", "language", "follow", "exclude", "vendor", "leads")

_WOULD_BE = {
    None: Joined.NEW,
    SubscriberState.PENDING: Joined.NEW,
    SubscriberState.LEFT: Joined.LEFT,
    SubscriberState.SUSPENDED: Joined.SUSPENDED,
}
_UNLESS_SUPPRESSED = (Joined.NEW, Joined.AGAIN, Joined.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What importing came to: how many rows in which way, and since when those are gone who are passed by because they
    left.
    """

    counts: Counter[Joined]
    left: Mapping[str, datetime]


def read_joiners(
    data: bytes,
    *,
    known: Callable[[], ChangeList],
    vendors: Collection[str],
    basis: str,
    advance: Callable[[int], None],
) -> tuple[Joiner, ...]:
    """Everybody in the file. `known` is asked for the list when somebody follows part of it; `advance` is told how many
    more rows are read.

    Raises ImportRefusedError with every problem, ListRefusedError when the list is needed and refused.
    """
    problems = Problems()
    reader = _Reader(known=known, vendors=vendors, basis=basis)
    lines: dict[str, int] = {}
    joiners: list[Joiner] = []
    for row in read_rows(data, columns=COLUMNS, required=["address"], problems=problems):
        if row.line % joining.CHUNK == 0:
            advance(joining.CHUNK)
        joiner = reader.joiner(row, problems)
        if joiner is None:
            continue
        first = lines.setdefault(joiner.address.casefold(), row.line)
        if first != row.line:
            problems.add(row.line, f"{joiner.address} is on line {first} already; keep one of them")
        joiners.append(joiner)
    problems.refuse()
    return tuple(joiners)


def foresee(
    connection: Connection, joiners: Sequence[Joiner], *, pseudonyms: Pseudonyms, again: bool
) -> Tally:
    """What importing these would come to, as things stand."""
    counts: Counter[Joined] = Counter()
    left: dict[str, datetime] = {}
    for chunk in _chunks(joiners):
        would = _foreseen(connection, chunk, pseudonyms, again=again)
        counts.update(would[joiner] for joiner in chunk)
        gone = [joiner.address for joiner in chunk if would[joiner] is Joined.LEFT]
        left |= subscribers.left_among(connection, gone)
    return Tally(counts=counts, left=left)


def import_joiners(
    *,
    engine: Engine,
    joiners: Sequence[Joiner],
    pseudonyms: Pseudonyms,
    now: datetime,
    again: bool,
    advance: Callable[[int], None],
) -> Tally:
    """Let all of them join in one transaction; `advance` is told how many more are done.

    Whoever left, denied or was erased is passed by: their word weighs more than an old file. Those who left may come
    back `again` where the file is newer than that.
    """
    counts: Counter[Joined] = Counter()
    left: dict[str, datetime] = {}
    with writing(engine) as connection:
        for chunk in _chunks(joiners):
            would = _foreseen(connection, chunk, pseudonyms, again=again)
            wanted = [joiner for joiner in chunk if would[joiner] is not Joined.SUPPRESSED]
            added = joining.add_many(connection, wanted, now=now, again=again)
            counts.update(each.joined for each in added)
            counts[Joined.SUPPRESSED] += len(chunk) - len(wanted)
            gone = [each.address for each in added if each.joined is Joined.LEFT]
            left |= subscribers.left_among(connection, gone)
            advance(len(chunk))
    return Tally(counts=+counts, left=left)


def _foreseen(
    connection: Connection, chunk: Sequence[Joiner], pseudonyms: Pseudonyms, *, again: bool
) -> dict[Joiner, Joined]:
    """What importing each would come to. Whoever subscribed after all is not suppressed any more."""
    identities = {joiner: joiner.address.casefold() for joiner in chunk}  # as identity_of a normal address
    states = subscribers.states_of(connection, list(identities.values()))
    suppressed = suppressions.suppressed_among(connection, identities.values(), pseudonyms=pseudonyms)
    found = {}
    for joiner, identity in identities.items():
        would = _WOULD_BE.get(states.get(identity), Joined.ALREADY)
        if would is Joined.LEFT and again:
            would = Joined.AGAIN
        unwanted = would in _UNLESS_SUPPRESSED and identity in suppressed
        found[joiner] = Joined.SUPPRESSED if unwanted else would
    return found


def _chunks(joiners: Sequence[Joiner]) -> Iterator[Sequence[Joiner]]:
    for start in range(0, len(joiners), joining.CHUNK):
        yield joiners[start : start + joining.CHUNK]


class _Reader:
    """Reads rows as Joiners. What many rows say alike is looked at once."""

    def __init__(self, *, known: Callable[[], ChangeList], vendors: Collection[str], basis: str) -> None:
        self._known = known
        self._vendors = vendors
        self._basis = basis
        self._topics = lru_cache(maxsize=1_000)(self._topics_of)
        self._left_out = lru_cache(maxsize=1_000)(self._mistake_of)

    def joiner(self, row: Row, problems: Problems) -> Joiner | None:
        """The row as a Joiner; None when anything is wrong with it, all of which is noted."""
        before = problems.count
        values = row.values
        joiner = Joiner(
            address=_tried(normal_address, values["address"], "", row, problems),
            language=_tried(_language, values["language"], Language.NB, row, problems),
            topics=_tried(self._topics, values["follow"], (), row, problems) or (EVERYTHING,),
            cadence=_tried(_cadence, values["leads"], None, row, problems),
            vendor=values["vendor"] or None,
            basis=self._basis,
            excluded=_tried(self._topics, values["exclude"], (), row, problems),
        )
        if joiner.vendor and joiner.vendor not in self._vendors:
            problems.add(
                row.line, f"there is no vendor “{joiner.vendor[:80]}”; add it first: notifier vendors add"
            )
        mistake = problems.count == before and self._left_out(joiner.topics, joiner.excluded)
        if mistake:
            problems.add(row.line, mistake)
        return joiner if problems.count == before else None

    def _topics_of(self, text: str) -> tuple[Topic, ...]:
        found = tuple(dict.fromkeys(parse_topic(word) for word in text.split()))
        for topic in found:
            mistake = None if topic == EVERYTHING else unknown_target(topic, self._known())
            if mistake:
                raise ValueError(mistake)
        return found

    def _mistake_of(self, topics: tuple[Topic, ...], excluded: tuple[Topic, ...]) -> str | None:
        return excluded_from_nothing(topics, excluded, self._known()) if excluded else None


def _tried(read: Callable[[str], T], text: str, otherwise: T, row: Row, problems: Problems) -> T:
    try:
        return read(text)
    except ValueError as error:
        problems.add(row.line, str(error))
        return otherwise


def _language(text: str) -> Language:
    try:
        return Language(text.casefold() or Language.NB)
    except ValueError:
        raise ValueError(f"“{text[:80]}” is not a language; write nb, nn or en") from None


@lru_cache(maxsize=1_000)
def _cadence(text: str) -> Cadence | None:
    return parse_cadence(text.split()) if text else None
