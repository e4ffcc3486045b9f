"""What is printed anew counts as a change of every event that was there, in the order in which things happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Engine

from notifier.core.change import ChangeList
from notifier.core.diff import DifferenceKind
from notifier.feeds.markers import sequence_of, stamp_of
from notifier.jobs.reprint import reprint
from notifier.store import alerts, changes, imprints
from notifier.store.engine import reading, writing
from tests.core.lists import a_change, a_list, oslo
from tests.store.test_changes import EMPTY, take_force

MAY = oslo("2026-05-04")
HOUR = timedelta(hours=1)


def publish(engine: Engine, new: ChangeList, *, now: datetime) -> None:
    with writing(engine) as connection:
        current = changes.in_force(connection)
        assert take_force(connection, new, old=current.changes if current else EMPTY, now=now)


def told(engine: Engine) -> dict[str, list[DifferenceKind]]:
    with reading(engine) as connection:
        found = imprints.history(connection)
    return {key: [entry.difference.kind for entry in entries] for key, entries in found.items()}


def test_only_another_imprint_rewords_what_was_there_by_then(database: Engine) -> None:
    publish(database, a_list(), now=MAY)
    assert not reprint(engine=database, imprint="one", now=MAY)
    assert not reprint(engine=database, imprint="one", now=MAY + HOUR)
    assert told(database) == {"portal/end": [DifferenceKind.ADDED]}
    assert reprint(engine=database, imprint="two", now=MAY + 2 * HOUR)
    publish(database, a_list(a_change(), a_change(name="new"), revision=2), now=MAY + 3 * HOUR)
    assert told(database) == {
        "portal/end": [DifferenceKind.ADDED, DifferenceKind.REWORDED],
        "new/end": [DifferenceKind.ADDED],
    }
    with reading(database) as connection:
        assert [len(entries) for entries in changes.history(connection).values()] == [1, 1]


def test_going_back_to_the_words_before_is_a_change_too_but_nodes_that_differ_do_not_take_turns(
    database: Engine,
) -> None:
    publish(database, a_list(), now=MAY)
    turns = [("one", 0), ("two", 1), ("one", 2), ("two", 3), ("one", 61), ("two", 62), ("one", 63)]
    made = [reprint(engine=database, imprint=mine, now=MAY + timedelta(minutes=at)) for mine, at in turns]
    assert made == [False, True, False, False, True, False, False]


def alerts_of(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [alert.key for alert in alerts.open_alerts(connection)]


def test_nodes_that_differ_for_good_reprint_no_more_and_operators_are_told(database: Engine) -> None:
    publish(database, a_list(), now=MAY)
    made = []
    for minute in range(0, 2 * 24 * 60, 10):
        for mine, offset in (("one", 0), ("two", 1)):
            now = MAY + timedelta(minutes=minute + offset)
            if reprint(engine=database, imprint=mine, now=now):
                made.append((mine, minute + offset))
    assert made == [("two", 1), ("one", 70)]
    assert alerts_of(database) == ["imprint"]


def test_when_the_others_are_gone_their_words_go_too_and_after_a_day_the_alert(database: Engine) -> None:
    publish(database, a_list(), now=MAY)
    for mine, hours in (("one", 0), ("two", 1), ("one", 2)):
        reprint(engine=database, imprint=mine, now=MAY + hours * HOUR)
    assert not reprint(engine=database, imprint="two", now=MAY + 2 * HOUR + timedelta(minutes=55))
    assert reprint(engine=database, imprint="two", now=MAY + 3 * HOUR)
    for hours in range(4, 27):
        assert not reprint(engine=database, imprint="two", now=MAY + hours * HOUR)
    assert alerts_of(database) == ["imprint"]
    assert not reprint(engine=database, imprint="two", now=MAY + 27 * HOUR)
    assert alerts_of(database) == []
    assert reprint(engine=database, imprint="three", now=MAY + 28 * HOUR)
    assert alerts_of(database) == []


def test_sequence_and_stamp_rise_also_when_the_clock_was_set_back(database: Engine) -> None:
    publish(database, a_list(), now=MAY)
    reprint(engine=database, imprint="one", now=MAY)
    seen = []
    for number, at in enumerate([MAY + 2 * HOUR, MAY + HOUR, MAY, MAY - HOUR], start=2):
        reprint(engine=database, imprint=f"print {number}", now=at)
        publish(database, a_list("2026-12-01" if number % 2 else "2027-01-01", revision=number), now=at)
        with reading(database) as connection:
            entries = imprints.history(connection)["portal/end"]
        stamp = stamp_of(entries)
        assert stamp
        seen.append((sequence_of(entries), stamp))
    assert all(old[0] < new[0] for old, new in pairwise(seen))
    assert all(old[1] < new[1] for old, new in pairwise(seen))
