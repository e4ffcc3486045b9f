"""Lists, histories and Subscribers to build tests from, and strategies that draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from notifier.core.cadence import Cadence, Lead, parse_cadence
from notifier.core.change import Change, ChangeList, Deadline, DeadlineKind, Service, Source, Status
from notifier.core.diff import differences
from notifier.core.history import Entry
from notifier.core.subscription import (
    EVERYTHING,
    Continuation,
    Exclusion,
    Subscriber,
    SubscriberState,
    Subscription,
    Topic,
    parse_topic,
)
from notifier.core.text import Language, Text
from notifier.core.timing import Timing
from notifier.core.when import Certainty, When, parse_when

OSLO = ZoneInfo("Europe/Oslo")
TIMING = Timing(zone=OSLO)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def oslo(day: str, at: str = "08:05") -> datetime:
    """A local time in Oslo as an instant in UTC."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), OSLO).astimezone(UTC)


def same(text: str) -> Text:
    """The same words in all three languages."""
    return Text(nb=text, nn=text, en=text)


def a_when(written: str = "2026-12-01", *, tentative: bool = False) -> When:
    """A date in the list's own notation."""
    certainty = Certainty.TENTATIVE if tentative else Certainty.CONFIRMED
    return parse_when(written, certainty=certainty, stated=f"fra {written}")


def a_deadline(
    written: str = "2026-12-01", *, name: str = "end", tentative: bool = False, leads: str = "", **fields: Any
) -> Deadline:
    """A Deadline on that date; `leads` such as `30d 7d` are its own Cadence."""
    cadence = parse_cadence(leads.split()) if leads else None
    day = a_when(written, tentative=tentative)
    return Deadline(**{"id": name, "kind": DeadlineKind.END, "when": day, "cadence": cadence} | fields)


def a_change(*deadlines: Deadline | str, name: str = "portal", **fields: Any) -> Change:
    """A Change with these Deadlines, or with one on 1 December 2026."""
    built = tuple(a_deadline(each) if isinstance(each, str) else each for each in deadlines)
    words = {part: same(f"{part} of {name}") for part in ("title", "summary", "affects", "action")}
    return Change(
        **{
            "id": name,
            "service": "kjernejournal",
            "checked": date(2026, 4, 20),
            "source": Source(document="Tjenesteveikart", published=date(2025, 12, 1)),
            "deadlines": built or (a_deadline(),),
            **words,
        }
        | fields
    )


def a_list(*changes: Change | str, revision: int = 1) -> ChangeList:
    """A list of these Changes, or of one on 1 December 2026, with the services they name."""
    built = tuple(a_change(each) if isinstance(each, str) else each for each in changes) or (a_change(),)
    services = tuple(Service(id=name, name=name) for name in dict.fromkeys(c.service for c in built))
    return ChangeList(revision=revision, services=services, changes=built)


def a_subscriber(*follows: str, since: datetime = LONG_AGO, **fields: Any) -> Subscriber:
    """An active Subscriber who follows these Topics, or everything, since `since`."""
    topics = [parse_topic(text) for text in follows] or [EVERYTHING]
    return Subscriber(
        **{
            "id": 1,
            "public_id": "k3jd92mslq0xn4vb7c1z",
            "address": "kontakt@leverandor.example",
            "language": Language.NB,
            "state": SubscriberState.ACTIVE,
            "joined_at": since,
            "subscriptions": tuple(Subscription(topic=topic, since=since) for topic in topics),
        }
        | fields
    )


def history_of(
    lists: Sequence[ChangeList],
    *,
    start: datetime = LONG_AGO,
    step: timedelta = timedelta(days=1),
) -> dict[str, tuple[Entry, ...]]:
    """The history of lists that took force `step` apart, the first being the baseline that is no news."""
    history: dict[str, tuple[Entry, ...]] = {}
    nothing = ChangeList(revision=0, services=(), changes=())
    for number, (old, new) in enumerate(zip([nothing, *lists], lists, strict=False)):
        for difference in differences(old, new):
            entry = Entry(
                difference=difference, revision=new.revision, at=start + number * step, news=number > 0
            )
            history[difference.deadline] = (*history.get(difference.deadline, ()), entry)
    return history


DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31))
INSTANTS = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
CLOCK_TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
TIMINGS = st.builds(lambda at: replace(TIMING, at=at), CLOCK_TIMES)

LEADS = st.builds(Lead, st.integers(0, 200), st.just("d")) | st.builds(
    Lead, st.integers(0, 30), st.sampled_from(["w", "mo"])
)
CADENCES = st.lists(LEADS, min_size=1, max_size=8).map(lambda leads: parse_cadence(map(str, leads)))


def _plain_dates() -> st.SearchStrategy[str]:
    years = st.integers(2025, 2028).map(str)
    return st.one_of(
        DAYS.map(date.isoformat),
        st.builds("{}-{:02}".format, years, st.integers(1, 12)),
        st.builds("{}-Q{}".format, years, st.integers(1, 4)),
        st.builds("{}-H{}".format, years, st.integers(1, 2)),
        years,
    )


def _span(first: str, last: str) -> str:
    begins = sorted([first, last], key=lambda text: (parse_when(text).earliest, text))
    return "..".join(begins)


WRITTEN = st.one_of(
    _plain_dates(),
    st.lists(_plain_dates(), min_size=2, max_size=2, unique=True).map(lambda pair: _span(*pair)),
    _plain_dates().map("{}..".format),
    st.just("tba"),
)
WHENS = st.builds(a_when, WRITTEN, tentative=st.booleans())


def deadlines(*names: str) -> st.SearchStrategy[Deadline]:
    """Deadlines with one of these ids, or `end`: any date, status, kind and Leads."""
    return st.builds(
        Deadline,
        id=st.sampled_from(names or ("end",)),
        kind=st.sampled_from(DeadlineKind),
        when=WHENS,
        cadence=st.none() | CADENCES,
        status=st.none() | st.sampled_from(Status),
    )


_SERVICES = {"a": "kjernejournal", "b": "kjernejournal", "c": "preg", "d": "preg", "e": "helseid"}


def change_lists(revision: int = 1) -> st.SearchStrategy[ChangeList]:
    """Lists of up to five Changes, drawn from a few ids so that two of them overlap."""
    placed = st.tuples(st.sampled_from(sorted(_SERVICES)), deadlines("closed", "test", "end"))
    several = st.lists(placed, min_size=1, max_size=7, unique_by=lambda pair: (pair[0], pair[1].id))
    return several.map(lambda found: _grouped(found, revision))


def _grouped(found: list[tuple[str, Deadline]], revision: int) -> ChangeList:
    changes: dict[str, list[Deadline]] = {}
    for name, deadline in found:
        changes.setdefault(name, []).append(deadline)
    built = [a_change(*each, name=name, service=_SERVICES[name]) for name, each in changes.items()]
    return a_list(*built, revision=revision)


TOPICS = st.sampled_from(["everything", "service:kjernejournal", "service:preg", "change:a", "change:b"]).map(
    parse_topic
)


def subscribers(
    topics: st.SearchStrategy[Topic] = TOPICS, instants: st.SearchStrategy[datetime] = INSTANTS
) -> st.SearchStrategy[Subscriber]:
    """Subscribers in any state, who joined, followed, excluded and chose their Leads at any time."""
    own = st.none() | st.tuples(CADENCES, instants)
    followed = st.lists(st.builds(Subscription, topic=topics, since=instants), max_size=3)
    parts = topics.filter(lambda topic: topic != EVERYTHING)
    excluded = st.lists(
        st.builds(Exclusion, topic=parts, lifted_at=st.none() | instants),
        max_size=2,
        unique_by=lambda exclusion: exclusion.topic,
    )
    going_on = st.lists(
        st.builds(Continuation, change=st.sampled_from(["a", "b"]), since=instants),
        max_size=2,
        unique_by=lambda continuation: continuation.change,
    )
    apart = st.tuples(excluded, going_on)
    return st.builds(_subscriber, instants, st.sampled_from(SubscriberState), own, followed, apart)


def _subscriber(
    joined: datetime,
    state: SubscriberState,
    own: tuple[Cadence, datetime] | None,
    followed: list[Subscription],
    apart: tuple[list[Exclusion], list[Continuation]],
) -> Subscriber:
    cadence, since = own or (None, None)
    excluded, going_on = apart
    return a_subscriber(
        joined_at=joined,
        state=state,
        cadence=cadence,
        cadence_since=since,
        subscriptions=tuple(followed),
        exclusions=tuple(excluded),
        continuations=tuple(going_on),
    )
