"""A specimen of every shape an event has, published: when its bytes differ, so would those of the whole list.

Another release has other words, another setting another address in them. Clients that have an event already take in
what changed only when its SEQUENCE grew, so somebody must notice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product

from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.change import (
    Change,
    ChangeList,
    Deadline,
    DeadlineKind,
    EarlierWhen,
    Service,
    Source,
    Status,
)
from notifier.core.diff import Difference, DifferenceKind
from notifier.core.history import Entry
from notifier.core.holder import Mark
from notifier.core.text import Language, Text
from notifier.core.timing import Timing
from notifier.core.when import Certainty, parse_when
from notifier.feeds.addresses import Variant
from notifier.feeds.feed import Feed
from notifier.feeds.reminders import Reminding
from notifier.feeds.sheet import sheet_of

_SEEN = datetime(2026, 1, 5, 12, tzinfo=UTC)
_MOVED = datetime(2026, 1, 6, 12, tzinfo=UTC)
# (when, certainty, kind, status): every role of a day, every kind, every doubt and every end.
_SHAPES = (
    ("2026-09-01", Certainty.CONFIRMED, DeadlineKind.END, None),
    ("2026-Q4", Certainty.TENTATIVE, DeadlineKind.END, None),
    ("2026-09-01", Certainty.TENTATIVE, DeadlineKind.CLOSED_TO_NEW, None),
    ("2026-09-01..2026-09-04", Certainty.TENTATIVE, DeadlineKind.PRODUCTION, None),
    ("2026-10", Certainty.CONFIRMED, DeadlineKind.TEST, None),
    ("2026-H2", Certainty.CONFIRMED, DeadlineKind.END, None),
    ("2027", Certainty.CONFIRMED, DeadlineKind.END, None),
    ("2026-09..", Certainty.TENTATIVE, DeadlineKind.END, None),
    ("2026-09-01", Certainty.CONFIRMED, DeadlineKind.END, Status.COMPLETED),
    ("2026-09-01", Certainty.CONFIRMED, DeadlineKind.END, Status.WITHDRAWN),
    ("tba", Certainty.CONFIRMED, DeadlineKind.END, None),
)
_WITH_LEADS = 2
# Every answer that a private calendar shows.
_ANSWERED = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED, AnswerKind.PLANNED)


def imprint(feed: Callable[[Language], Feed], timing: Timing, rules: AnswerRules) -> str:
    """A hash, in hex, of what this release with these settings makes of the specimen.

    Of the rules it holds the one that decides whether an event says that it is done.
    """
    again = str(rules.reconfirm_after).encode()
    return hashlib.sha256(b"".join([*specimen(feed, timing), again])).hexdigest()


def specimen(feed: Callable[[Language], Feed], timing: Timing) -> Iterator[bytes]:
    """The events in every language and variant. Takes a tenth of a second."""
    for language, variant in product(Language, Variant):
        plain = variant is Variant.PLAIN
        changes, history = _specimen(None if plain else _WITH_LEADS)
        sheet = sheet_of(
            changes=changes,
            history=history,
            today=_MOVED.date(),
            feed=feed(language),
            variant=variant,
            reminding=None if plain else Reminding(timing=timing),
        )
        yield from (row.body for row in sheet.rows)
    for language, kind in product(Language, _ANSWERED):
        changes, history = _specimen(_WITH_LEADS)
        sheet = sheet_of(
            changes=changes,
            history=history,
            today=_MOVED.date(),
            feed=feed(language),
            marks=(_mark(changes.changes[0], kind),),
        )
        yield from (row.body for row in sheet.rows)


def _mark(change: Change, kind: AnswerKind) -> Mark:
    planned = date(2026, 8, 3) if kind is AnswerKind.PLANNED else None
    return Mark(
        change_id=change.id, kind=kind, planned=planned, first_at=_MOVED, said_at=_MOVED, times=1, at=_MOVED
    )


def _specimen(most: int | None) -> tuple[ChangeList, Mapping[str, Sequence[Entry]]]:
    """A list of these shapes, each of which got a date and has moved, and its history."""
    deadlines = tuple(
        Deadline(
            id=f"d{number}",
            kind=kind,
            when=parse_when(written, certainty=certainty, stated="" if status else "når"),
            title=_same("navn") if kind is DeadlineKind.TEST else None,
            status=status,
            follows="specimen/d0" if number == 1 else "",
            earlier=(EarlierWhen(when=parse_when("2026-08-01", stated="før"), source="brev"),),
        )
        for number, (written, certainty, kind, status) in enumerate(_SHAPES[:most])
    )
    change = Change(
        id="specimen",
        service="service",
        checked=date(2026, 1, 5),
        title=_same("tittel"),
        summary=_same("kort"),
        affects=_same("hvem"),
        action=_same("hva"),
        source=Source(document="kilde", url="https://example.no", published=date(2025, 12, 1)),
        deadlines=deadlines,
    )
    services = (Service(id="service", name="Tjeneste"),)
    history = {change.key(deadline): _moved(change.key(deadline), deadline) for deadline in deadlines}
    return ChangeList(revision=1, services=services, changes=(change,)), history


def _moved(key: str, deadline: Deadline) -> tuple[Entry, ...]:
    none, before = parse_when("tba"), parse_when("2026-03", stated="i mars")
    added = Difference(deadline=key, kind=DifferenceKind.ADDED, old=None, new=none, status=None)
    dated = Difference(deadline=key, kind=DifferenceKind.DATED, old=none, new=before, status=None)
    moved = Difference(
        deadline=key, kind=DifferenceKind.MOVED, old=before, new=deadline.when, status=deadline.status
    )
    return (
        Entry(difference=added, revision=1, at=_SEEN, news=False),
        Entry(difference=dated, revision=2, at=_MOVED, news=True),
        Entry(difference=moved, revision=3, at=_MOVED, news=True),
    )


def _same(text: str) -> Text:
    return Text(nb=text, nn=text, en=text)
