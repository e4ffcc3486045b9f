"""Lists, histories and feeds for the tests to publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from notifier.core.change import Change, ChangeList, Deadline, DeadlineKind, Service, Source, Status
from notifier.core.diff import Difference, DifferenceKind, differences
from notifier.core.history import Entry
from notifier.core.text import Language, Text
from notifier.core.when import Certainty, When, parse_when
from notifier.feeds.feed import Feed

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2026, 5, 1, 8, 5, 30, 123456, tzinfo=UTC)


def same(text: str) -> Text:
    """The same words in all three languages."""
    return Text(nb=text, nn=text, en=text)


def firm(written: str) -> When:
    """A confirmed date in the list's own notation."""
    return parse_when(written, stated=f"fra {written}")


def vague(written: str) -> When:
    """A tentative date in the list's own notation."""
    return parse_when(written, certainty=Certainty.TENTATIVE, stated=f"tentativt {written}")


def one_deadline(when: When, *, status: Status | None = None, revision: int = 1) -> ChangeList:
    """A list with a single Deadline, `portal/end`."""
    return list_of(Deadline(id="end", kind=DeadlineKind.END, when=when, status=status), revision=revision)


def list_of(*deadlines: Deadline, revision: int = 1) -> ChangeList:
    """A list with a single Change, `portal`, and these Deadlines."""
    change = Change(
        id="portal",
        service="kjernejournal",
        checked=date(2026, 4, 20),
        title=same("gammel innlogging"),
        summary=same("Den gamle innloggingen går bort."),
        affects=same("Dere som bruker den gamle innloggingen."),
        action=same("Ta i bruk den nye innloggingen; be om hjelp i tide, helst før ferien."),
        source=Source(
            document="Tjenesteveikart", url="https://www.nhn.no/veikart", published=date(2025, 12, 1)
        ),
        contact="kundesenter@nhn.no",
        deadlines=deadlines,
    )
    service = Service(id="kjernejournal", name="Kjernejournal")
    return ChangeList(revision=revision, services=(service,), changes=(change,))


def history_of(
    lists: Sequence[ChangeList], *, step: timedelta = timedelta(days=10)
) -> dict[str, tuple[Entry, ...]]:
    """The history of lists that took force one after the other, the first being the baseline."""
    history: dict[str, tuple[Entry, ...]] = {}
    for key, _, deadline in lists[0].deadlines():
        added = Difference(
            deadline=key, kind=DifferenceKind.ADDED, old=None, new=deadline.when, status=deadline.status
        )
        history[key] = (Entry(difference=added, revision=1, at=START, news=False),)
    for number, (old, new) in enumerate(pairwise(lists), start=1):
        for difference in differences(old, new):
            entry = Entry(difference=difference, revision=number + 1, at=START + number * step, news=True)
            history[difference.deadline] = (*history.get(difference.deadline, ()), entry)
    return history


def feed(language: Language = Language.NB, *, publisher: str = "Varsler for e-helse") -> Feed:
    """A Feed as the daemon would publish it."""
    return Feed(
        language=language,
        zone=OSLO,
        publisher=publisher,
        contact="varsel@example.no",
        page_url=f"https://varsel.example.no/{language}",
        feed_url=f"https://varsel.example.no/calendar.ics?lang={language}",
    )
