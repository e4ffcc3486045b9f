"""Whoever drops one change of all that they follow loses nothing else, and can take it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from notifier.core.less import followed_of
from notifier.core.subscription import EVERYTHING, Followed, SubscriberState, parse_topic
from notifier.core.text import Language
from notifier.store import changes, choices
from notifier.store.engine import reading, writing
from notifier.store.tables import continuations, exclusions, subscriptions
from tests.acceptance.announced import change, when, write
from tests.acceptance.newcomers import LISTED, joined, known
from tests.acceptance.story import Letter
from tests.acceptance.visiting import Visitor
from tests.core.lists import oslo
from tests.web.filled import filled_with

PORTAL, JOURNAL, HELSEID = map(parse_topic, ("change:portal", "service:kjernejournal", "service:helseid"))


def address(text: str, purpose: str) -> str:
    """The link of a mail's text that leads to a purpose."""
    found = re.search(rf"\S+/{purpose}/[^?\s]+", text)
    assert found
    return found[0]


def told_about(letters: list[Letter]) -> set[str]:
    """The changes that these letters tell of, but for one that says what is followed no longer."""
    return {
        name
        for letter in letters
        if "again=" not in letter.text
        for name in re.findall(r"title (\w+) nb", letter.text.partition("Hvorfor får du")[0])
    }


def test_all_but_one_change_is_told_on_and_what_comes_to_its_service_too(visitor: Visitor) -> None:
    joined(visitor)
    visitor.story.daily("2026-11-17", "2026-11-17")
    (reminder,) = visitor.story.new_letters()
    choose, leave = address(reminder.text, "choose"), address(reminder.text, "leave")
    page = visitor.opens(f"{leave}?lang=nb").text
    assert re.findall('value="([a-z]+:[^"]+)"', page)[:2] == [str(PORTAL), str(JOURNAL)]
    assert "Bare denne endringen. Du får fortsatt varsel om alt annet du følger" in page

    for _ in range(2):
        answer = visitor.presses(f"{choose}?lang=nb", drop=str(PORTAL)).text
        assert "Du får ikke mer e-post om Kjernejournal – title portal nb." in answer
        assert known(visitor).followed == Followed((EVERYTHING,), (PORTAL,))

    news = change("innsyn", when("2027-03-02"))
    write(visitor.story.changes, *LISTED, news, revision=2)
    visitor.story.daily("2026-11-18", "2026-12-03")
    letters = visitor.story.new_letters()
    assert told_about(letters) == {"innsyn", "par", "fjernhjelp"}
    footer = " ".join(letters[0].text.partition("Hvorfor får du")[2].split())
    assert "Du har valgt bort: Kjernejournal – title portal nb." in footer


def test_what_is_taken_back_is_told_from_then_on(visitor: Visitor) -> None:
    choose = address(joined(visitor), "choose")
    visitor.presses(choose, drop=str(PORTAL))
    visitor.story.daily("2026-11-17", "2026-11-24")
    assert "portal" not in told_about(visitor.story.new_letters())
    visitor.now = oslo("2026-11-24", "09:00")
    for _ in range(2):
        assert "Lagret" in visitor.presses(f"{choose}?lang=nb", again=str(PORTAL)).text
    assert known(visitor).followed == Followed((EVERYTHING,))
    visitor.story.tick(visitor.now + timedelta(minutes=1))
    assert told_about(visitor.story.new_letters()) == set()
    visitor.story.daily("2026-11-25", "2026-11-30")
    assert told_about(visitor.story.new_letters()) == {"portal"}


def test_what_fell_due_while_nothing_ticked_is_told_to_whoever_chooses_as_the_daemon_wakes(
    visitor: Visitor,
) -> None:
    choose = address(joined(visitor), "choose")
    fields: dict[str, str | list[str]] = {"follow": "everything", "leads": "usual", "language": "nb"}
    visitor.presses(choose, **fields, topic=[str(PORTAL)], **{"not": [str(JOURNAL)]})
    visitor.story.daily("2026-11-17", "2026-11-23")
    assert "portal" in told_about(visitor.story.new_letters())
    # The machine has slept since, while a reminder fell due.
    visitor.now, visitor.elapsed = oslo("2026-11-24", "09:00"), timedelta(days=1, hours=1)
    visitor.presses(choose, **fields | {"leads": "own", "lead": "1d"})
    assert known(visitor).followed == Followed((EVERYTHING,))
    visitor.story.tick(visitor.now + timedelta(minutes=1))
    assert told_about(visitor.story.new_letters()) == {"portal"}


def test_a_service_with_one_change_can_be_kept_without_it(visitor: Visitor) -> None:
    standing = joined(visitor, topic=["kjernejournal"])
    choose, leave = address(standing, "choose"), address(standing, "leave")
    assert re.findall('name="drop" value="([^"]+)"', visitor.opens(leave).text) == [str(PORTAL)]
    visitor.presses(choose, drop=str(PORTAL))
    assert known(visitor).followed == Followed((JOURNAL,), (PORTAL,))
    assert 'name="drop"' not in visitor.opens(leave).text
    visitor.presses(choose, drop=str(JOURNAL))
    assert known(visitor).state is SubscriberState.LEFT


@pytest.mark.parametrize(
    ("topics", "excluded"),
    [
        ("everything", ""),
        ("everything", "change:portal service:helseid"),
        ("everything change:par", "service:helseid"),
        ("service:kjernejournal change:par", "change:portal"),
        ("service:kjernejournal service:helseid", ""),
        ("change:portal", ""),
    ],
)
def test_a_form_that_is_sent_as_it_came_changes_nothing(visitor: Visitor, topics: str, excluded: str) -> None:
    choose = address(joined(visitor), "choose")
    chosen = (tuple(map(parse_topic, texts.split())) for texts in (topics, excluded))
    engine, person = visitor.story.parts.engine, known(visitor)
    with writing(engine) as connection:
        current = changes.in_force(connection)
        assert current is not None
        choices.put(
            connection, person.id, language=Language.NB, followed=followed_of(*chosen, current.changes),
            cadence=None, vendor=None, now=visitor.now,
        )  # fmt: skip
    before = rows(visitor)
    visitor.now += timedelta(minutes=5)
    form = filled_with(visitor.opens(choose).text, "follow")
    assert visitor.presses(choose, **form).status == 200
    assert rows(visitor) == before


def rows(visitor: Visitor) -> list[tuple[object, ...]]:
    with reading(visitor.story.parts.engine) as connection:
        found = (
            connection.execute(select(table)).all() for table in (subscriptions, exclusions, continuations)
        )
        return sorted((tuple(row) for table in found for row in table), key=str)


def test_leaving_out_by_the_form_and_taking_it_back(visitor: Visitor) -> None:
    choose = address(joined(visitor), "choose")
    fields: dict[str, str | list[str]] = {"follow": "everything", "leads": "usual", "language": "nb"}
    visitor.presses(choose, **fields, **{"not": [str(PORTAL), str(HELSEID), "change:unknown"]})
    assert known(visitor).followed == Followed((EVERYTHING,), (PORTAL, HELSEID))
    # A whole service left out of everything, but for one change of it.
    visitor.presses(choose, **fields, topic=["change:par"], **{"not": [str(HELSEID)]})
    assert known(visitor).followed == Followed((parse_topic("change:par"), EVERYTHING), (HELSEID,))
    visitor.presses(choose, **fields)
    assert known(visitor).followed == Followed((EVERYTHING,))
    before = rows(visitor)
    fields |= {"follow": "some", "topic": [str(PORTAL), str(HELSEID)]}
    both = visitor.presses(f"{choose}?lang=en", **fields, **{"not": [str(PORTAL), str(HELSEID)]})
    assert (both.status, 'id="both-error"' in both.text, rows(visitor)) == (422, True, before)
