"""Evidence in parts: several clients, several files, one report after another."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import Evidence, Use
from notifier.core.evidence import added_up, joined
from tests.core.lists import oslo

DAY = date(2026, 11, 20)
A, B = Use("epj-1", 40, date(2026, 11, 17)), Use("epj-2", 2, date(2026, 11, 19))


def report(*uses: Use, until: date = DAY) -> Evidence:
    return added_up(uses, vendor="blabaer", change_id="portal", until=until, at=oslo("2026-11-20"))


def what(seen: Evidence | None) -> tuple[int, date] | None:
    return (seen.calls, seen.last_seen) if seen else None


def test_calls_of_several_clients_are_added_up_and_the_last_day_counts() -> None:
    assert what(report(A, B)) == (42, B.last_seen)
    assert report(A, Use("epj-1", 1, B.last_seen)).uses == (Use("epj-1", 41, B.last_seen),)


def test_files_of_one_day_are_one_report() -> None:
    assert joined(report(A), report(B), is_dated=False) == report(A, B)
    corrected = Use("epj-1", 41, A.last_seen)
    assert joined(report(A, B), report(corrected), is_dated=False) == report(corrected, B)


def test_a_newer_report_takes_the_place_of_the_older_one_and_an_older_one_changes_nothing() -> None:
    later = report(Use("epj-1", 1, DAY), until=DAY + timedelta(days=7))
    assert joined(report(A, B), later, is_dated=True) == later
    assert joined(report(A, B), later, is_dated=False) == later
    assert joined(later, report(A, B), is_dated=True) is None


def test_the_same_file_on_a_later_day_is_the_report_it_was_unless_somebody_says_otherwise() -> None:
    again = report(A, until=DAY + timedelta(days=1))
    assert joined(report(A, B), again, is_dated=False) is None
    assert joined(report(A, B), again, is_dated=True) == again


def test_what_was_seen_before_anybody_kept_of_whom_gives_way() -> None:
    old = Evidence(vendor="blabaer", change_id="portal", calls=9, last_seen=DAY, at=oslo("2026-11-19"))
    assert joined(old, report(A), is_dated=False) == report(A)


USES = st.dictionaries(
    st.sampled_from(["", "epj-1", "epj-2", "epj-3"]), st.integers(min_value=0, max_value=99), min_size=1
)


@given(files=st.lists(USES, min_size=1, max_size=4), later=st.booleans(), is_dated=st.booleans())
def test_in_whatever_order_the_parts_of_a_report_come_nothing_is_lost_and_again_changes_nothing(
    files: list[dict[str, int]], later: bool, is_dated: bool
) -> None:
    known: Evidence | None = None
    for file in files:
        uses = [Use(client, calls, DAY) for client, calls in file.items()]
        known = joined(known, report(*uses), is_dated=is_dated) or known
    assert known is not None
    expected = {client: calls for file in files for client, calls in file.items()}
    assert {use.client: use.calls for use in known.uses} == expected
    assert known.calls == sum(expected.values())
    last = [Use(client, expected[client], DAY) for client in files[-1]]
    again = report(*last, until=DAY + timedelta(days=later and not is_dated))
    assert joined(known, again, is_dated=is_dated) is None
