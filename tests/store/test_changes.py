"""Readings of the list: in force, held, rejected; the append-only history."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, func, select

from notifier.core.change import ChangeList
from notifier.core.diff import Difference, DifferenceKind, carry_over, differences, rearmed
from notifier.errors import UsageError
from notifier.store import changes
from notifier.store.changes import ReadingState, canonical_hash, short
from notifier.store.engine import reading, writing
from notifier.store.list_tables import readings
from tests.core.lists import a_change, a_list
from tests.store.people import JUNE, MAY

EMPTY = ChangeList(revision=0, services=(), changes=())
FIRST = a_list(a_change("2026-12-01", name="portal"), a_change("tba", name="preg"))
MOVED = a_list(a_change("2027-03-01", name="portal"), a_change("tba", name="preg"), revision=2)
DROPPED = a_list(a_change("2027-03-01", name="portal"), revision=3)


def take_force(
    connection: Connection,
    new: ChangeList,
    *,
    old: ChangeList = EMPTY,
    now: datetime = MAY,
    news: Collection[Difference] | None = None,
    by: str | None = None,
) -> bool:
    found = differences(old, new)
    return changes.put_in_force(
        connection,
        changes=new,
        merged=carry_over(old, new),
        differences=found,
        since=dict.fromkeys(rearmed(old, new), now),
        news=found if news is None else news,
        now=now,
        decided_by=by,
    )


def test_before_the_first_reading_nothing_is_in_force(database: Engine) -> None:
    with reading(database) as connection:
        assert changes.in_force(connection) is None
        assert changes.history(connection) == {}
        assert changes.effects(connection) == {}


def test_the_baseline_is_in_force_whole_and_announces_nothing(database: Engine) -> None:
    with writing(database) as connection:
        assert take_force(connection, FIRST, news=())
    with reading(database) as connection:
        current = changes.in_force(connection)
        history = changes.history(connection)
        assert changes.news(connection) == ()
        assert changes.effects(connection) == {"portal/end": MAY, "preg/end": MAY}
    assert current is not None
    assert current.changes == FIRST
    assert (current.hash, current.revision, current.in_force_at) == (canonical_hash(FIRST), 1, MAY)
    assert [entry.difference.kind for entry in history["portal/end"]] == [DifferenceKind.ADDED]


def test_a_higher_revision_replaces_it_and_what_moved_is_history(database: Engine) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        assert take_force(connection, MOVED, old=FIRST, now=JUNE)
    with reading(database) as connection:
        current = changes.in_force(connection)
        states = [each.state for each in changes.readings(connection)]
        moved = changes.history(connection)["portal/end"][1]
        assert changes.news(connection) == (moved,)
        assert changes.effects(connection) == {"portal/end": JUNE, "preg/end": MAY}
    assert current is not None
    assert current.changes == MOVED
    assert states == [ReadingState.REPLACED, ReadingState.IN_FORCE]
    assert (moved.revision, moved.at) == (2, JUNE)
    assert moved.difference == differences(FIRST, MOVED)[0]


@pytest.mark.parametrize("late", [replace(FIRST, services=()), replace(MOVED, services=())])
def test_an_old_file_never_replaces_what_is_in_force(database: Engine, late: ChangeList) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        take_force(connection, MOVED, old=FIRST)
    with writing(database) as connection:
        assert not take_force(connection, late, old=FIRST, now=JUNE)
    with reading(database) as connection:
        current = changes.in_force(connection)
        assert len(changes.readings(connection)) == 2
        assert len(changes.history(connection)["portal/end"]) == 2
    assert current is not None
    assert current.hash == canonical_hash(MOVED)


def test_of_nodes_that_read_the_same_list_at_once_one_puts_it_in_force(database: Engine) -> None:
    def start(_: int) -> bool:
        with writing(database) as connection:
            return take_force(connection, FIRST, news=())

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [False, False, False, True]
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(readings)) == 1


def test_what_the_file_dropped_stays_in_force(database: Engine) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        take_force(connection, DROPPED, old=FIRST)
        current = changes.in_force(connection)
    assert current is not None
    assert current.changes.deadline("preg/end") is not None
    assert current.hash == canonical_hash(DROPPED)


def test_holding_changes_nothing_and_twice_is_once(database: Engine) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        held = changes.hold(connection, changes=MOVED, objections=["den flyttes"], now=JUNE)
        again = changes.hold(connection, changes=MOVED, objections=["something else"], now=JUNE)
        current = changes.in_force(connection)
    assert held == again
    assert (held.state, held.objections, held.seen_at) == (ReadingState.HELD, ("den flyttes",), JUNE)
    assert current is not None
    assert current.changes == FIRST


def test_a_held_reading_is_found_by_its_short_hash_and_takes_force_by_a_persons_word(
    database: Engine,
) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        changes.hold(connection, changes=MOVED, objections=["moves"], now=MAY)
        held = changes.find_held(connection, short(canonical_hash(MOVED)).upper())
        assert take_force(connection, held.changes, old=FIRST, now=JUNE, by="kari")
        current = changes.in_force(connection)
    assert current is not None
    assert (current.id, current.hash, current.seen_at) == (held.id, held.hash, MAY)
    assert (current.decided_by, current.decided_at, current.in_force_at) == ("kari", JUNE, JUNE)


def test_a_hash_that_names_no_held_reading_is_answered_with_those_that_are(database: Engine) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        with pytest.raises(UsageError, match="held: none"):
            changes.find_held(connection, "abc")
        changes.hold(connection, changes=MOVED, objections=[], now=MAY)
        name = short(canonical_hash(MOVED))
        with pytest.raises(UsageError, match=rf"held: {name} \(revision 2\)"):
            changes.find_held(connection, "zzz")
        with pytest.raises(UsageError, match="no held reading"):
            changes.find_held(connection, " ")


def test_a_hash_that_names_two_held_readings_is_refused(database: Engine) -> None:
    with writing(database) as connection:
        for revision in range(2, 40):
            changes.hold(connection, changes=replace(MOVED, revision=revision), objections=[], now=MAY)
        digests = [each.hash[0] for each in changes.readings(connection)]
        twice = next(first for first in digests if digests.count(first) > 1)
        with pytest.raises(UsageError, match="more than one held reading"):
            changes.find_held(connection, twice)


def test_a_rejected_reading_is_not_held_again(database: Engine) -> None:
    with writing(database) as connection:
        held = changes.hold(connection, changes=MOVED, objections=[], now=MAY)
        assert changes.reject(connection, held, by="kari", now=JUNE)
        assert not changes.reject(connection, held, by="ola", now=JUNE)
        again = changes.hold(connection, changes=MOVED, objections=[], now=JUNE)
    assert (again.id, again.state, again.decided_by) == (held.id, ReadingState.REJECTED, "kari")


def test_a_held_reading_that_was_overtaken_can_no_longer_be_approved(database: Engine) -> None:
    with writing(database) as connection:
        take_force(connection, FIRST, news=())
        held = changes.hold(connection, changes=MOVED, objections=[], now=MAY)
        take_force(connection, DROPPED, old=FIRST)
        with pytest.raises(UsageError, match="held: none"):
            changes.find_held(connection, held.hash)


def test_the_hash_is_of_the_content() -> None:
    assert canonical_hash(FIRST) == canonical_hash(replace(FIRST))
    assert canonical_hash(FIRST) != canonical_hash(MOVED)
    assert canonical_hash(FIRST) != canonical_hash(replace(FIRST, revision=9))
    assert len(canonical_hash(FIRST)) == 64
    assert len(short(canonical_hash(FIRST))) == 10
