"""A list that is damaged, cut off, mistyped or too far-reaching mails nobody; the last good one stays in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.errors import UsageError
from notifier.jobs import decide, refresh
from notifier.jobs.refresh import Finding
from notifier.settings.tables import GuardSettings
from notifier.store import changes
from notifier.store.engine import reading
from tests.acceptance.announced import announced, change, when, write
from tests.acceptance.invariants import assert_finished, assert_sound
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder
from tests.acceptance.story import KARI, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)
GOOD = (change("portal"), change("archive", when("2027-03-01")), change("api", when("2027-06-01")))
TEN = oslo("2026-11-23", "10:00")


def edited(*swaps: tuple[str, str], revision: int = 6) -> str:
    """The good list with a higher revision and these words swapped."""
    text = announced(*GOOD, revision=revision)
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text


REFUSED = {
    "half-written": lambda: edited()[: len(edited()) // 2],
    "empty": lambda: "",
    "all white space": lambda: "\n\n",
    "not TOML": lambda: "<html>502 Bad Gateway</html>",
    "another revision only": lambda: "revision = 6\n",
}
HELD = {
    "cut off at a line's end": lambda: edited()[: edited().index("[[change]]", 800)],
    "every id renamed": lambda: edited(
        *[(f'id = "{name}"', f'id = "{name}-2"') for name in ("portal", "archive", "api")]
    ),
    "one deadline renamed": lambda: edited(('"end"\nkind', '"ending"\nkind')),
    "a year mistyped, far ahead": lambda: edited(("when = 2026-12-01", "when = 2062-12-01")),
    "a year mistyped, in the past": lambda: edited(("when = 2026-12-01", "when = 2016-12-01")),
    "day and month swapped": lambda: edited(("when = 2026-12-01", "when = 2026-01-12")),
    "earlier": lambda: edited(("when = 2027-03-01", "when = 2027-02-01")),
    "a first date in the past": lambda: edited() + "\n" + change("new", when("2026-11-02")),
    "a first date far ahead": lambda: edited() + "\n" + change("new", when("2029-12-03")),
    "many at once": lambda: (
        edited() + "\n" + "\n".join(change(f"n{n}", when("2027-09-06")) for n in range(4))
    ),
}
NOT_RAISED = {
    "edited without raising the revision": (
        lambda: edited(("2027-03-01", "2027-04-01"), revision=5),
        Finding.EDITED,
    ),
    "cut off without raising the revision": (
        lambda: edited(revision=5)[: edited().index("[[change]]", 800)],
        Finding.EDITED,
    ),
    "an old file": (lambda: edited(("2027-03-01", "2027-04-01"), revision=4), Finding.LOWER),
}
CASES = (
    [(name, make, Finding.REFUSED) for name, make in REFUSED.items()]
    + [(name, make, Finding.HELD) for name, make in HELD.items()]
    + [(name, make, finding) for name, (make, finding) in NOT_RAISED.items()]
)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    found = eve_of_a_reminder(tmp_path, sink, *GOOD, url=sqlite_url)
    write(found.changes, *GOOD, revision=5)
    found.tick(TEN - 10 * MINUTE)
    return found


def in_force(story: Story) -> int:
    with reading(story.parts.engine) as connection:
        found = changes.in_force(connection)
    assert found is not None
    return found.revision


def looked_at(story: Story, text: str, *, at_minute: int) -> refresh.Refreshed:
    """What the next tick makes of a new text of the list."""
    story.changes.write_text(text, encoding="utf-8")
    ticked = story.tick(TEN + at_minute * MINUTE)
    assert ticked.refreshed is not None
    assert ticked.needs_attention == ticked.refreshed.needs_attention
    return ticked.refreshed


@pytest.mark.parametrize(("make", "finding"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_faulty_list_mails_nobody_and_the_one_in_force_goes_on_reminding(
    story: Story, sink: SmtpSink, make: Callable[[], str], finding: Finding
) -> None:
    found = looked_at(story, make(), at_minute=0)
    assert found.finding is finding
    assert found.needs_attention
    assert in_force(story) == 5
    assert "list" in story.alerts()
    assert len(sink.accepted) == 1

    story.tick(TUESDAY)
    (reminder,) = letters_at(sink.accepted[1:])
    assert reminder.days_left() == 7
    assert "1. desember" in reminder.subject

    write(story.changes, *GOOD, revision=5)
    assert not story.tick(TUESDAY + MINUTE).needs_attention
    assert "list" not in story.alerts()
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize("vanish", [Path.unlink, lambda path: (path.unlink(), path.mkdir())])
def test_a_list_that_vanished_changes_nothing(
    story: Story, sink: SmtpSink, vanish: Callable[[Path], object]
) -> None:
    vanish(story.changes)
    ticked = story.tick(TUESDAY)

    assert ticked.needs_attention
    assert in_force(story) == 5
    assert len(sink.accepted) == 2


def test_a_reading_that_would_mail_many_people_is_held_with_their_number(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    guard = GuardSettings(max_people=2)
    story = eve_of_a_reminder(tmp_path, sink, *GOOD, people=a_crowd(3), url=sqlite_url, guard=guard)

    held = looked_at(story, edited(("2027-03-01", "2027-04-05")), at_minute=0)

    assert (held.finding, held.people) == (Finding.HELD, 3)
    assert f"notifier approve {held.hash}" in story.alerts()["list"]
    assert "3 people" in story.alerts()["list"]
    assert len(sink.accepted) == 3


def test_approval_releases_exactly_the_reading_that_was_held(story: Story, sink: SmtpSink) -> None:
    held = looked_at(story, edited(("2027-03-01", "2027-02-01")), at_minute=0)
    looked_at(story, edited(("2027-06-01", "2027-01-04"), revision=7), at_minute=1)

    story.approves(held, now=TEN + 2 * MINUTE)
    ticked = story.tick(TEN + 3 * MINUTE)

    assert in_force(story) == 6
    assert ticked.refreshed is not None
    assert ticked.refreshed.finding is Finding.HELD
    (letter,) = letters_at(sink.accepted[1:])
    assert "1. februar 2027" in letter.text
    assert "4. januar" not in letter.text


def test_a_rejected_reading_is_forgotten_even_if_nothing_speaks_against_it_any_more(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    guard = GuardSettings(max_people=2)
    story = eve_of_a_reminder(tmp_path, sink, *GOOD, people=a_crowd(3), url=sqlite_url, guard=guard)
    held = looked_at(story, edited(("2027-03-01", "2027-04-05")), at_minute=0)
    decide.reject(engine=story.parts.engine, short_hash=held.hash, by="per", now=TEN)
    story.leaves(a_crowd(1)[0], now=TEN + MINUTE)

    found = looked_at(story, edited(("2027-03-01", "2027-04-05")), at_minute=2)

    assert found.finding is Finding.REJECTED
    assert in_force(story) == 1
    assert len(sink.accepted) == 3
    with pytest.raises(UsageError, match="per has rejected it"):
        story.approves(held, now=TEN + 3 * MINUTE)


def test_a_held_reading_waits_for_a_person_even_if_nothing_speaks_against_it_any_more(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    guard = GuardSettings(max_people=2)
    story = eve_of_a_reminder(tmp_path, sink, *GOOD, people=a_crowd(3), url=sqlite_url, guard=guard)
    text = edited(("2027-03-01", "2027-04-05"))
    held = looked_at(story, text, at_minute=0)
    story.leaves(a_crowd(1)[0], now=TEN + MINUTE)

    found = looked_at(story, text, at_minute=2)

    assert found.finding is Finding.HELD
    assert found.problems == held.problems
    assert len(sink.accepted) == 3


def test_what_an_approved_reading_dropped_stays_in_force(story: Story, sink: SmtpSink) -> None:
    held = looked_at(story, announced(*GOOD[1:], revision=6), at_minute=0)
    assert any("portal is missing" in problem for problem in held.problems)
    story.approves(held, now=TEN + MINUTE)
    assert not story.tick(TEN + 2 * MINUTE).needs_attention

    story.tick(TUESDAY)

    (reminder,) = letters_at(sink.accepted[1:])
    assert reminder.to == KARI
    assert reminder.days_left() == 7


def test_a_reading_that_was_overtaken_cannot_be_approved_any_more(story: Story) -> None:
    held = looked_at(story, edited(("2027-03-01", "2027-02-01")), at_minute=0)
    looked_at(story, edited(("2027-03-01", "2027-04-05"), revision=7), at_minute=1)
    assert in_force(story) == 7

    with pytest.raises(UsageError, match="a higher revision has taken force"):
        story.approves(held, now=TEN)


def test_a_faulty_first_list_leaves_nothing_in_force_and_the_mended_one_becomes_the_baseline(
    tmp_path: Path, sqlite_url: str
) -> None:
    path = tmp_path / "list.toml"
    path.write_text("revision = ", encoding="utf-8")
    story = Story(tmp_path, changes=path, url=sqlite_url)
    story.begin(TEN)
    assert story.tick(TEN).needs_attention

    write(path, *GOOD)
    ticked = story.tick(TEN + MINUTE)
    assert ticked.refreshed is not None
    assert ticked.refreshed.finding is Finding.BASELINE
    assert story.new_letters() == []
