"""On a database that follows the real clock, a clock that cannot be right sends nothing and says so."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from notifier.app import clock
from notifier.daemon.believing import believe
from notifier.daemon.sending import SendingRight
from notifier.errors import UsageError
from notifier.jobs.refresh import Finding
from notifier.settings.tables import MailSettings, OpsSettings
from notifier.store import changes, installation
from notifier.store.engine import reading, writing
from tests.acceptance.announced import change, when, write
from tests.acceptance.invariants import assert_finished, outcomes
from tests.acceptance.story import KARI, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

OPERATOR = "drift@example.no"
MONDAY = oslo("2026-11-23", "09:00")
MINUTE = timedelta(minutes=1)
WRONG = {
    "sixty days ahead": MONDAY + timedelta(days=60),
    "twelve minutes ahead": MONDAY + 12 * MINUTE,
    "an hour behind": MONDAY - 60 * MINUTE,
    "a year behind": MONDAY - timedelta(days=365),
    "in 1970": oslo("1970-01-01", "01:00"),
    "in 2099": oslo("2099-06-01", "09:00"),
}


def live(folder: Path, sink: SmtpSink, url: str, now: datetime = MONDAY) -> Story:
    """A live installation whose one Subscriber was told on Monday where they stand."""
    story = Story(
        folder,
        changes=write(folder / "list.toml", change("portal")),
        url=url,
        mail=MailSettings(url=sink.url),
        ops=OpsSettings(recipients=(OPERATOR,)),
    )
    story.begin_live(now)
    return story


def running(folder: Path, sink: SmtpSink, url: str) -> Story:
    """The same on Monday, with a Message that waits to leave."""
    story = live(folder, sink, url)
    story.tick(MONDAY - MINUTE)
    story.tick(MONDAY, elapsed=MINUTE)
    story.joins(KARI, now=MONDAY)
    return story


def to_vendors(sink: SmtpSink) -> list[str]:
    return [mail.recipients[0] for mail in sink.accepted if mail.recipients != (OPERATOR,)]


def to_operators(sink: SmtpSink) -> list[str]:
    return [letter.text for letter in letters_at(sink.accepted) if letter.to == OPERATOR]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_clock_that_jumped_lets_nothing_leave_until_it_is_right_again(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, wrong: str
) -> None:
    story = running(tmp_path, sink, sqlite_url)
    for minutes in range(3):
        ticked = story.tick(WRONG[wrong] + minutes * MINUTE, elapsed=MINUTE)
        assert ticked.disbelieved
        assert ticked.needs_attention
    assert to_vendors(sink) == []
    assert "notifier resume" in story.alerts()["clock"]
    assert [text for text in to_operators(sink) if "Nothing is sent because the clock says" in text]

    story.tick(MONDAY + 3 * MINUTE, elapsed=3 * MINUTE)
    assert to_vendors(sink) == [KARI]
    assert "clock" not in story.alerts()
    assert set(outcomes(story)) == {("standing", "sent")}

    story.tick(oslo("2026-11-24", "09:00"), elapsed=timedelta(days=1))
    assert to_vendors(sink) == [KARI, KARI]
    assert_finished(story)


@pytest.mark.parametrize("wrong", ["in 1970", "in 2099", "a year behind"])
def test_a_daemon_that_starts_with_a_wrong_clock_does_nothing_either(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, wrong: str
) -> None:
    story = running(tmp_path, sink, sqlite_url)

    assert story.tick(WRONG[wrong]).disbelieved
    assert to_vendors(sink) == []

    story.tick(MONDAY + MINUTE)
    assert to_vendors(sink) == [KARI]


def test_a_wrong_clock_is_told_once_and_makes_no_other_alerts(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = running(tmp_path, sink, sqlite_url)
    before = set(story.alerts())
    for minutes in range(30):
        story.tick(WRONG["sixty days ahead"] + minutes * MINUTE, elapsed=MINUTE)

    assert set(story.alerts()) - before == {"clock"}
    assert sum("Nothing is sent because" in text for text in to_operators(sink)) == 1


def test_a_person_who_says_that_the_clock_is_right_is_believed(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = running(tmp_path, sink, sqlite_url)
    later = WRONG["sixty days ahead"]
    story.tick(later, elapsed=MINUTE)
    with writing(story.parts.engine) as connection:
        installation.resume(connection)
        installation.record_tick(connection, now=later + MINUTE)

    ticked = story.tick(later + 2 * MINUTE, elapsed=3 * MINUTE)

    assert not ticked.disbelieved
    assert to_vendors(sink) == [KARI]
    assert "clock" not in story.alerts()


def test_a_pause_by_a_person_outlasts_a_doubt_about_the_clock(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = running(tmp_path, sink, sqlite_url)
    with writing(story.parts.engine) as connection:
        installation.pause(connection, by="per", reason="moving house", now=MONDAY)
    story.tick(WRONG["sixty days ahead"], elapsed=MINUTE)
    story.tick(MONDAY + MINUTE, elapsed=MINUTE)

    assert to_vendors(sink) == []
    with reading(story.parts.engine) as connection:
        pause = installation.paused(connection)
    assert pause is not None
    assert pause.by == "per"


@pytest.mark.parametrize("wrong", ["in 1970", "in 2099"])
def test_a_new_installation_takes_no_baseline_under_a_wrong_clock_and_recovers_by_itself(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, wrong: str
) -> None:
    story = live(tmp_path, sink, sqlite_url, now=WRONG[wrong])
    ticked = story.tick(WRONG[wrong])
    assert ticked.refreshed is not None
    assert ticked.refreshed.finding is Finding.REFUSED
    assert "the clock says" in story.alerts()["list"]
    with reading(story.parts.engine) as connection:
        assert changes.in_force(connection) is None

    story.tick(MONDAY, elapsed=MINUTE)
    story.joins(KARI, now=MONDAY + MINUTE)
    story.tick(MONDAY + 2 * MINUTE, elapsed=2 * MINUTE)
    assert to_vendors(sink) == [KARI]


def test_a_night_in_which_the_clocks_change_is_no_jump(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = live(tmp_path, sink, sqlite_url)
    for night in ("2026-10-25", "2027-03-28"):
        now = oslo(night, "00:30")
        assert believe(story.parts.engine, now=now, elapsed=None) == ""
        for _ in range(8):
            now += 30 * MINUTE
            assert believe(story.parts.engine, now=now, elapsed=30 * MINUTE) == ""


@pytest.mark.parametrize("wrong", ["sixty days ahead", "an hour behind"])
def test_one_node_of_several_stops_by_itself(
    tmp_path: Path, postgres_url: str, sink: SmtpSink, wrong: str
) -> None:
    story = running(tmp_path, sink, postgres_url)
    key, before = f"node:{socket.gethostname()}", to_operators(sink)
    with SendingRight(story.parts.engine) as other:
        other.try_acquire()
        for minutes in range(3):
            assert story.tick(WRONG[wrong] + minutes * MINUTE, elapsed=MINUTE).disbelieved
        assert "Other nodes do" in story.alerts()[key]
        # Its own clock would make them late, or many: the others tell operators.
        assert (to_operators(sink), to_vendors(sink)) == (before, [])
        with reading(story.parts.engine) as connection:
            assert installation.paused(connection) is None

        story.tick(MONDAY + MINUTE, elapsed=MINUTE)
        assert to_vendors(sink) == [KARI]
        assert key not in story.alerts()

        other.beat(doubt="the clock says otherwise")
        assert story.tick(WRONG[wrong], elapsed=MINUTE).disbelieved
        assert "notifier resume" in story.alerts()["clock"]
    story.parts.engine.dispose()


def test_a_node_that_starts_ahead_does_not_outvote_those_that_are_right(
    tmp_path: Path, postgres_url: str, sink: SmtpSink
) -> None:
    right = clock()
    story = live(tmp_path, sink, postgres_url, right)
    story.tick(right)
    story.tick(right + timedelta(days=30))
    story.joins(KARI, now=right)
    with SendingRight(story.parts.engine) as ahead:
        ahead.try_acquire()
        assert story.tick(right, elapsed=MINUTE).disbelieved
        assert "notifier resume" in story.alerts()["clock"]
        assert story.tick(right + timedelta(days=30), elapsed=MINUTE).disbelieved
    assert to_vendors(sink) == []
    story.parts.engine.dispose()


def test_the_machines_time_zone_and_language_do_not_matter(tmp_path: Path) -> None:
    story = Story(tmp_path, changes=write(tmp_path / "list.toml", change("portal")))
    story.begin(MONDAY)
    story.tick(MONDAY)
    story.joins(KARI, now=MONDAY)

    elsewhere = {
        "TZ": "Asia/Tokyo",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
    }
    here = {"NOTIFIER_STATE_DIR": str(tmp_path), "NOTIFIER_LIST__PATH": str(story.changes)}
    done = subprocess.run(
        [sys.executable, "-m", "notifier", "tick", "--now", "2026-11-24T08:05:00+01:00"],
        env={**os.environ, **elsewhere, **here},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()
    (letter,) = story.new_letters()
    assert letter.subject == "7 dager igjen: Kjernejournal – title portal nb utgår 1. desember"
    assert letter.message["Date"] == "Tue, 24 Nov 2026 08:05:00 +0100"
    assert letter.day == date(2026, 11, 24)


@pytest.mark.parametrize("ahead", [timedelta(days=60), timedelta(days=-365)])
def test_nothing_is_approved_by_a_clock_in_doubt(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, ahead: timedelta
) -> None:
    story = running(tmp_path, sink, sqlite_url)
    write(story.changes, change("portal"), change("api", when("2030-03-01")), revision=2)
    held = story.tick(MONDAY + MINUTE, elapsed=MINUTE).refreshed
    assert held is not None
    assert held.finding is Finding.HELD
    story.tick(MONDAY + ahead, elapsed=MINUTE)
    with pytest.raises(UsageError, match="notifier resume"):
        story.approves(held, now=MONDAY + ahead)

    story.tick(MONDAY + 2 * MINUTE, elapsed=2 * MINUTE)
    story.approves(held, now=MONDAY + 2 * MINUTE)
    story.tick(oslo("2026-11-24", "09:00"), elapsed=timedelta(days=1))
    assert ("reminder", "expired") not in outcomes(story)
    assert outcomes(story)["reminder", "sent"] == 1


def test_who_joins_by_a_clock_that_is_ahead_is_told_once_it_is_right(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = live(tmp_path, sink, sqlite_url)
    story.tick(MONDAY)
    ahead = MONDAY + timedelta(days=60)
    story.tick(ahead, elapsed=MINUTE)
    story.joins(KARI, now=ahead)
    story.tick(MONDAY + 5 * MINUTE, elapsed=5 * MINUTE)
    assert outcomes(story) == {("standing", "sent"): 1}
    story.tick(oslo("2026-11-24", "09:00"), elapsed=timedelta(days=1))
    assert outcomes(story) == {("standing", "sent"): 1, ("reminder", "sent"): 1}
