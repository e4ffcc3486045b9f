"""Whatever the list holds, the calendar is sound and every program reads the same from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.change import ChangeList, Deadline, DeadlineKind, Status
from notifier.core.text import Language
from notifier.core.when import Certainty, When, parse_when
from notifier.feeds.ical import calendar
from tests.feeds.lint import lint
from tests.feeds.lists import feed, history_of, list_of, same
from tests.feeds.readers import all_readers

ODD = st.text(
    st.sampled_from(
        "aæøåÆØÅ ,;:\"\\'\n\r\t\x00\x07\x85\u2028\u202e\ufeff«»–😀👩🏽\u200d🔬e\u0301\u00ad=^&<>{}%"
    ),
    max_size=120,
)
TEXTS = st.one_of(ODD, st.text(max_size=40), st.integers(60, 90).map(lambda n: "å" * n + ", \\n; " + "x" * n))
YEAR_DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def whens(draw: st.DrawFn) -> When:
    """A date of any shape."""
    first = draw(YEAR_DAYS)
    last = first + timedelta(days=draw(st.integers(1, 400)))
    shapes = [
        f"{first}",
        f"{first:%Y-%m}",
        f"{first:%Y}",
        "2026-Q4",
        "2027-H1",
        f"{first}..{last}",
        f"{first}..",
        "tba",
    ]
    return parse_when(
        draw(st.sampled_from(shapes)), certainty=draw(st.sampled_from(Certainty)), stated=draw(TEXTS)
    )


@st.composite
def stories(draw: st.DrawFn) -> list[ChangeList]:
    """One to five lists that took force one after the other, with moves, withdrawals, returns and other words."""
    ids = draw(st.lists(st.sampled_from(["end", "test", "par", "end-latest"]), min_size=1, unique=True))
    kinds = {id_: draw(st.sampled_from(DeadlineKind)) for id_ in ids}
    lists = [draw(readings(kinds))]
    for revision in range(2, draw(st.integers(1, 5)) + 1):
        other = draw(readings(kinds))
        before, kept = lists[-1], draw(st.sets(st.sampled_from(["leader", "follower", "services"])))
        leader, follower = (
            (old if part in kept else new)
            for part, old, new in zip(("leader", "follower"), before.changes, other.changes, strict=True)
        )
        services = before.services if "services" in kept else other.services
        lists.append(ChangeList(revision=revision, services=services, changes=(leader, follower)))
    return lists


@st.composite
def readings(draw: st.DrawFn, kinds: Mapping[str, DeadlineKind]) -> ChangeList:
    """A list of one Change with these Deadlines, and another whose Deadline follows the first of them."""
    status = st.sampled_from([None, None, None, *Status])
    deadlines = [
        Deadline(id=id_, kind=kind, when=draw(whens()), status=draw(status)) for id_, kind in kinds.items()
    ]
    changes = list_of(*deadlines)
    words = same(draw(TEXTS))
    leader = replace(changes.changes[0], title=words, summary=words, action=same(draw(TEXTS)))
    follows = Deadline(id="end", kind=DeadlineKind.END, when=draw(whens()), follows=leader.key(deadlines[0]))
    follower = replace(changes.changes[0], id="after", deadlines=(follows,))
    service = replace(changes.services[0], name=draw(st.sampled_from(["Kjernejournal", "KJ, portal", "k;j"])))
    return replace(changes, changes=(leader, follower), services=(service,))


@settings(max_examples=120, deadline=None)
@given(lists=stories(), language=st.sampled_from(Language), after=st.integers(0, 500), publisher=TEXTS)
def test_every_reader_agrees(lists: list[ChangeList], language: Language, after: int, publisher: str) -> None:
    today = date(2026, 5, 1) + timedelta(days=after)
    body = calendar(
        changes=lists[-1], history=history_of(lists), today=today, feed=feed(language, publisher=publisher)
    )
    assert lint(body) == []
    first, *others = all_readers(body).values()
    assert all(other == first for other in others)


@settings(max_examples=120, deadline=None)
@given(lists=stories())
def test_an_event_never_changes_without_a_higher_sequence_and_stamp(lists: list[ChangeList]) -> None:
    """Programs keep what they have unless SEQUENCE or LAST-MODIFIED grew."""
    known: dict[bytes, tuple[tuple[int, bytes], bytes]] = {}
    for count in range(1, len(lists) + 1):
        told = history_of(lists[:count])
        today = date(2026, 5, 1) + timedelta(days=10 * count)
        for event in _events(calendar(changes=lists[count - 1], history=told, today=today, feed=feed())):
            uid, revision = (
                _field(event, b"UID"),
                (int(_field(event, b"SEQUENCE")), _field(event, b"DTSTAMP")),
            )
            before = known.get(uid)
            if before and event != before[1]:
                assert revision[0] > before[0][0]
                assert revision[1] > before[0][1]
            known[uid] = (revision, event)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (lambda body: body.replace(b"\r\n", b"\n", 1), "not CRLF"),
        (lambda body: body.replace(b"\r\n ", b"", 1), "octets"),
        (lambda body: body.replace("å".encode(), b"\xc3\r\n \xa5", 1), "part of a character"),
        (lambda body: body.replace(b"\\n", b"\\\r\n n", 1), "inside an escape"),
        (lambda body: body.replace(b"END:VCALENDAR", _events(body)[0] + b"END:VCALENDAR"), "stands 2 times"),
        (lambda body: body.replace(b"DTEND;VALUE=DATE:20261202", b"DTEND;VALUE=DATE:20261201"), "runs from"),
        (lambda body: body.replace(b"STATUS:CONFIRMED\r\n", b""), "lacks STATUS"),
        (lambda body: body.replace(b"VERSION:2.0", b"VERSION:2.0\r\nMETHOD:PUBLISH"), "no METHOD"),
        (lambda body: body.replace(b"END:VCALENDAR\r\n", b""), "does not end"),
        (lambda body: body.partition(b"BEGIN:VEVENT")[0] + b"END:VCALENDAR\r\n", "must hold a component"),
    ],
)
def test_the_lint_finds_each_fault(broken: object, fault: str) -> None:
    end = Deadline(id="end", kind=DeadlineKind.END, when=parse_when("2026-12-01", stated="på første dag"))
    changes = list_of(end)
    body = calendar(changes=changes, history=history_of([changes]), today=date(2026, 6, 1), feed=feed())
    assert lint(body) == []
    assert any(fault in found for found in lint(broken(body)))


def _events(body: bytes) -> list[bytes]:
    parts = body.split(b"BEGIN:VEVENT\r\n")[1:]
    return [b"BEGIN:VEVENT\r\n" + part.partition(b"END:VEVENT\r\n")[0] + b"END:VEVENT\r\n" for part in parts]


def _field(event: bytes, name: bytes) -> bytes:
    return event.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0]
