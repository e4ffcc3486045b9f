"""Which dates come while somebody has paused."""

from __future__ import annotations

from datetime import date

from notifier.core.change import Status
from notifier.core.pause import dates_within
from notifier.core.subscription import Followed, parse_topic
from tests.core.lists import a_change, a_deadline, a_list

TODAY, LAST = date(2026, 11, 24), date(2026, 12, 10)
LIST = a_list(
    a_change(
        a_deadline("2026-11-23", name="before"),
        a_deadline("2026-12-10", name="last"),
        a_deadline("2026-11-24", name="first"),
        a_deadline("2026-12-11", name="after"),
        a_deadline("2026-12-01", name="over", status=Status.COMPLETED),
        a_deadline("tba", name="undated"),
        a_deadline("2026-10", name="month before"),
    ),
    a_change(
        a_deadline("2026-12", name="month"),
        a_deadline("2026-Q4", name="open"),
        a_deadline("2026-03..", name="open for ever"),
        name="par",
        service="helseid",
    ),
)


def keys(*topics: str, but: str = "") -> list[str]:
    followed = Followed(tuple(map(parse_topic, topics)), tuple(map(parse_topic, but.split())))
    found = dates_within(LIST, followed, today=TODAY, last=LAST)
    return [change.key(deadline) for change, deadline in found]


def test_what_can_come_from_today_to_the_day_it_ends_is_named_soonest_first() -> None:
    windows = ["par/open for ever", "par/open"]
    assert keys("everything") == [*windows, "portal/first", "par/month", "portal/last"]


def test_only_what_is_followed_counts() -> None:
    theirs = ["par/open for ever", "par/open", "par/month"]
    assert keys("service:helseid") == theirs
    assert keys("everything", but="change:portal") == theirs
