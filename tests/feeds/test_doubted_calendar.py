"""A private calendar takes «FERDIG» back when the Answer no longer holds, and every program sees that it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import icalendar

from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.change import ChangeList, Deadline, DeadlineKind
from notifier.core.holder import Mark
from notifier.core.stance import Doubt
from notifier.core.timing import Timing
from notifier.feeds.addresses import Variant
from notifier.feeds.ical import Joined, joined
from notifier.feeds.reminders import Reminding
from notifier.feeds.sheet import Sheet, sheet_of
from tests.feeds.lists import OSLO, START, feed, firm, history_of, list_of

SAID = START + timedelta(days=1)
DONE = Mark(
    change_id="portal", kind=AnswerKind.DONE, planned=None, first_at=SAID, said_at=SAID, times=1, at=SAID
)


def listed(test: str, production: str, *, revision: int) -> ChangeList:
    days = (("test", DeadlineKind.TEST, test), ("production", DeadlineKind.PRODUCTION, production))
    return list_of(
        *(Deadline(id=name, kind=kind, when=firm(day)) for name, kind, day in days), revision=revision
    )


def sheet(
    *lists: ChangeList,
    marks: tuple[Mark, ...] = (DONE,),
    today: date = date(2026, 6, 1),
    again: int = 90,
    unmarked: Sheet | None = None,
) -> Sheet:
    return sheet_of(
        changes=lists[-1],
        history=history_of(lists),
        today=today,
        feed=feed(),
        variant=Variant.ALARMS,
        reminding=Reminding(timing=Timing(zone=OSLO)),
        marks=marks,
        rules=AnswerRules(reconfirm_after=timedelta(days=again)),
        unmarked=unmarked,
    )


def whole(made: Sheet) -> Joined:
    return joined(made, variant=Variant.ALARMS, feed=feed())


def events(made: Sheet) -> dict[str, icalendar.Event]:
    found = icalendar.Calendar.from_ical(whole(made).body).walk("VEVENT")
    return {str(event["UID"]).partition("@")[0]: event for event in found}


def is_done(event: icalendar.Event) -> bool:
    return str(event["SUMMARY"]).startswith("FERDIG")


BEFORE = listed("2026-09-01", "2026-12-01", revision=1)
FAR = listed("2026-09-01", "2027-06-01", revision=2)
NEAR = listed("2026-09-01", "2027-01-04", revision=2)


def test_one_date_that_moves_far_puts_every_event_of_the_change_in_doubt() -> None:
    before, after = events(sheet(BEFORE)), events(sheet(BEFORE, FAR))
    assert list(before) == list(after) == ["portal.test", "portal.production"]
    for uid, event in after.items():
        assert is_done(before[uid])
        assert not before[uid].walk("VALARM")
        assert not is_done(event)
        assert event.walk("VALARM")
        assert event["SEQUENCE"] > before[uid]["SEQUENCE"]
        assert event["LAST-MODIFIED"].dt > before[uid]["LAST-MODIFIED"].dt


def test_what_is_far_is_a_setting() -> None:
    assert all(map(is_done, events(sheet(BEFORE, NEAR)).values()))
    assert not any(map(is_done, events(sheet(BEFORE, NEAR, again=30)).values()))


def test_whoever_says_so_again_is_done_again_and_so_is_whoever_the_change_does_not_concern() -> None:
    later = START + timedelta(days=20)
    again = replace(DONE, said_at=later, at=later, times=2)
    unaffected = replace(DONE, kind=AnswerKind.NOT_AFFECTED)
    assert all(map(is_done, events(sheet(BEFORE, FAR, marks=(again,))).values()))
    titles = [str(event["SUMMARY"]) for event in events(sheet(BEFORE, FAR, marks=(unaffected,))).values()]
    assert all(title.startswith("GJELDER IKKE OSS") for title in titles)


def test_use_that_was_seen_takes_it_back_too() -> None:
    doubted = replace(DONE, doubt=Doubt.TRAFFIC, times=2, at=SAID + timedelta(days=5))
    for uid, event in events(sheet(BEFORE, marks=(doubted,))).items():
        before = events(sheet(BEFORE))[uid]
        assert not is_done(event)
        assert event["SEQUENCE"] > before["SEQUENCE"]
        assert event["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_rows_without_a_mark_are_everybodys() -> None:
    lists = (BEFORE, FAR)
    everybodys = sheet(*lists, marks=())
    assert sheet(*lists, unmarked=everybodys) == sheet(*lists)
    elsewhere = replace(DONE, change_id="another")
    assert sheet(*lists, marks=(elsewhere,), unmarked=everybodys) == everybodys


def test_a_planned_day_that_leaves_the_calendar_moves_last_modified_to_that_midnight() -> None:
    planned = replace(DONE, kind=AnswerKind.PLANNED, planned=date(2026, 7, 1))
    lists = (listed("2027-09-01", "2027-12-01", revision=1),)
    stays, leaves = date(2027, 6, 30), date(2027, 7, 1)
    there = whole(sheet(*lists, marks=(planned,), today=stays))
    gone = whole(sheet(*lists, marks=(planned,), today=leaves))
    assert b"PLANLAGT" in there.body
    assert b"PLANLAGT" not in gone.body
    assert there.changed_at == SAID
    assert gone.changed_at == datetime.combine(leaves, time(0), OSLO).astimezone(UTC)
