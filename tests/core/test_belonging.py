"""To which Vendor somebody belonged when."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.belonging import Parting, Stay, stays_with
from tests.core.lists import oslo

MAY, JUNE, JULY = oslo("2026-05-01"), oslo("2026-06-01"), oslo("2026-07-01")


def stays(vendor: str, *partings: Parting, present: str | None) -> list[Stay]:
    return list(stays_with(vendor, partings=partings, present=present))


def test_who_never_moved_has_always_belonged_where_they_do() -> None:
    assert stays("a", present="a") == [Stay(since=None, came_at=None, until=None)]
    assert stays("b", present="a") == []


def test_who_moved_belonged_to_each_in_turn() -> None:
    moved = Parting(vendor="a", until=MAY)
    assert stays("a", moved, present="b") == [Stay(since=None, came_at=None, until=MAY)]
    assert stays("b", moved, present="b") == [Stay(since=MAY, came_at=MAY, until=None)]


def test_what_somebody_with_no_vendor_was_told_goes_along_to_the_one_they_come_to() -> None:
    alone = Parting(vendor=None, until=MAY)
    assert stays("a", alone, present="a") == [Stay(since=None, came_at=MAY, until=None)]
    between = (Parting(vendor="a", until=MAY), Parting(vendor=None, until=JUNE))
    assert stays("b", *between, present="b") == [Stay(since=MAY, came_at=JUNE, until=None)]
    assert stays("a", *between, present="b") == [Stay(since=None, came_at=None, until=MAY)]


def test_who_comes_back_has_two_stays_and_what_lies_between_is_the_other_s() -> None:
    away = (Parting(vendor="a", until=MAY), Parting(vendor="b", until=JUNE))
    first, second = stays("a", *away, present="a")
    assert [stay.covers(MAY - timedelta(days=1)) for stay in (first, second)] == [True, False]
    assert not any(stay.covers(at) for stay in (first, second) for at in (MAY, JUNE - timedelta(days=1)))
    assert [stay.covers(at) for stay in (first, second) for at in (JUNE, JULY)] == [False, False, True, True]


OWNERS = st.sampled_from([None, "a", "b", "c"])


@given(owners=st.lists(OWNERS, max_size=6), present=OWNERS, day=st.integers(min_value=-1, max_value=7))
def test_nothing_is_told_to_two_vendors_and_nothing_to_none_but_those_who_never_came_to_one(
    owners: list[str | None], present: str | None, day: int
) -> None:
    partings = [
        Parting(vendor=owner, until=MAY + timedelta(days=number)) for number, owner in enumerate(owners)
    ]
    at = MAY + timedelta(days=day)
    held = [
        vendor
        for vendor in ("a", "b", "c")
        if any(stay.covers(at) for stay in stays(vendor, *partings, present=present))
    ]
    ahead = [*(each.vendor for each in partings if at < each.until), present]
    assert held == [next(owner for owner in ahead if owner)] if any(ahead) else held == []
