"""A private calendar marks what its holder has answered: done, not affected, and the day that is planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.answer import AnswerKind
from notifier.core.change import ChangeList, Deadline, DeadlineKind
from notifier.core.holder import Mark
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.addresses import Variant
from notifier.feeds.ical import joined
from notifier.feeds.reminders import Reminding
from notifier.feeds.sheet import sheet_of
from tests.feeds.lint import lint
from tests.feeds.lists import OSLO, feed, firm, history_of, list_of, one_deadline, same
from tests.feeds.readers import all_readers

LISTED = one_deadline(firm("2026-12-01"))
(CHANGE,) = LISTED.changes
TODAY = date(2026, 8, 5)
AT = datetime(2026, 8, 3, 10, tzinfo=UTC)


def mark(kind: AnswerKind, *, planned: date | None = None, times: int = 1, at: datetime = AT) -> Mark:
    return Mark(change_id=CHANGE.id, kind=kind, planned=planned, first_at=AT, said_at=at, times=times, at=at)


def calendar(
    *marks: Mark,
    variant: Variant = Variant.PLAIN,
    language: Language = Language.NB,
    today: date = TODAY,
    lists: Sequence[ChangeList] = (LISTED,),
) -> bytes:
    reminding = None if variant is Variant.PLAIN else Reminding(timing=Timing(zone=OSLO))
    sheet = sheet_of(
        changes=lists[-1],
        history=history_of(lists, step=timedelta(days=100)),
        today=today,
        feed=feed(language),
        variant=variant,
        reminding=reminding,
        marks=marks,
    )
    return joined(sheet, variant=variant, feed=feed(language)).body


def events(body: bytes) -> dict[str, icalendar.Event]:
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


def titles(body: bytes) -> list[str]:
    return [str(event["SUMMARY"]).partition(":")[0] for event in events(body).values()]


@pytest.mark.parametrize(
    ("kind", "language", "title"),
    [
        (AnswerKind.DONE, Language.NB, "FERDIG"),
        (AnswerKind.DONE, Language.EN, "DONE"),
        (AnswerKind.NOT_AFFECTED, Language.NB, "GJELDER IKKE OSS"),
        (AnswerKind.NOT_AFFECTED, Language.NN, "GJELD IKKJE OSS"),
    ],
)
@pytest.mark.parametrize("variant", Variant)
def test_what_is_settled_says_so_and_reminds_nobody(
    kind: AnswerKind, language: Language, title: str, variant: Variant
) -> None:
    body = calendar(mark(kind), variant=variant, language=language)
    assert titles(body) == [title]
    assert b"BEGIN:VALARM" not in body
    assert lint(body) == []
    (event,) = events(body).values()
    assert event["DTSTART"].dt == date(2026, 12, 1)


def test_the_planned_day_is_an_event_of_its_own_beside_the_deadline() -> None:
    body = calendar(mark(AnswerKind.PLANNED, planned=date(2026, 11, 20)), variant=Variant.ALARMS)
    assert sorted(titles(body)) == ["PLANLAGT", "SLUTT"]
    planned = next(event for uid, event in events(body).items() if ".answer.planned@" in uid)
    assert planned["DTSTART"].dt == date(2026, 11, 20)
    assert "Denne dagen planlegger vi å være ferdige" in planned["DESCRIPTION"]
    assert b"BEGIN:VALARM" in body
    assert lint(body) == []
    first, *others = all_readers(body).values()
    assert all(each == first for each in others)
    over = calendar(mark(AnswerKind.PLANNED, planned=date(2026, 11, 20)), today=date(2027, 11, 20))
    assert titles(over) == ["SLUTT"]


def test_another_title_reaches_the_planned_day_also_when_another_deadline_comes_first() -> None:
    ends, tests = (
        Deadline(id=name, kind=kind, when=firm(f"2026-{month}-01"))
        for name, kind, month in (("end", DeadlineKind.END, 12), ("test", DeadlineKind.TEST, 11))
    )
    before = list_of(ends)
    retitled = replace(before.changes[0], title=same("ny tittel"))
    first = list_of(tests, ends, revision=3)
    lists = [before, replace(before, revision=2, changes=(retitled,)), first]
    planned = mark(AnswerKind.PLANNED, planned=date(2026, 11, 20))
    seen = []
    for number in range(1, 4):
        body = calendar(planned, lists=lists[:number])
        seen.append(next(event for uid, event in events(body).items() if ".answer.planned@" in uid))
    for old, new in pairwise(seen):
        assert new["SUMMARY"] != old["SUMMARY"]
        assert new["SEQUENCE"] > old["SEQUENCE"]
        assert new["LAST-MODIFIED"].dt > old["LAST-MODIFIED"].dt


@pytest.mark.parametrize("kind", [AnswerKind.NONE, AnswerKind.NEED_HELP])
def test_other_answers_leave_the_calendar_as_it_was_but_for_its_stamps(kind: AnswerKind) -> None:
    plain, marked = calendar(), calendar(mark(kind, times=2))
    assert titles(marked) == titles(plain) == ["SLUTT"]
    (before,), (after,) = events(plain).values(), events(marked).values()
    assert after["SEQUENCE"] == before["SEQUENCE"] + 2
    assert after["DESCRIPTION"] == before["DESCRIPTION"]


@settings(max_examples=30, deadline=None)
@given(kinds=st.lists(st.sampled_from(AnswerKind), min_size=2, max_size=6))
def test_no_event_changes_without_a_higher_sequence_and_stamp(kinds: list[AnswerKind]) -> None:
    seen: dict[str, icalendar.Event] = {}
    for times, kind in enumerate(kinds, 1):
        planned = date(2026, 11, times) if kind is AnswerKind.PLANNED else None
        made = mark(kind, planned=planned, times=times, at=AT + timedelta(hours=times))
        for uid, event in events(calendar(made)).items():
            last = seen.get(uid)
            if last is not None and event.to_ical() != last.to_ical():
                assert event["SEQUENCE"] > last["SEQUENCE"]
                assert event["LAST-MODIFIED"].dt > last["LAST-MODIFIED"].dt
            seen[uid] = event
