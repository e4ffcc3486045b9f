"""The news feed: sound by the Atom schema, one entry for each thing that happened, named for life."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from notifier.core.change import ChangeList, Service, Status
from notifier.core.text import Language
from notifier.core.when import When
from notifier.feeds.atom import atom
from notifier.feeds.news import MOST
from tests.feeds.lists import START, feed, firm, history_of, one_deadline, same, vague
from tests.feeds.test_any_list import ODD, stories

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
NS = {"a": "http://www.w3.org/2005/Atom"}
Step = tuple[When, Status | None]


def published(
    lists: list[ChangeList],
    language: Language = Language.NB,
    *,
    service: Service | None = None,
    publisher: str = "Varsler for e-helse",
) -> etree._Element:
    """The feed after these lists took force one after the other, ten days apart, held against the schema."""
    body = atom(
        changes=lists[-1],
        history=history_of(lists),
        feed=feed(language, publisher=publisher),
        since=START,
        service=service,
    )
    document = etree.fromstring(body)
    SCHEMA.assertValid(document)
    return document


def told(document: etree._Element, name: str) -> list[str]:
    """One element's text in every entry."""
    return [str(found) for found in document.xpath(f"a:entry/a:{name}/text()", namespaces=NS)]


def story(*steps: Step) -> list[ChangeList]:
    return [one_deadline(when, status=status, revision=n) for n, (when, status) in enumerate(steps, start=1)]


@pytest.mark.parametrize(
    ("before", "after", "title", "words"),
    [
        (
            (vague("tba"), None),
            (firm("2026-12-01"), None),
            "Dato satt: Kjernejournal – gammel innlogging (tirsdag 1. desember 2026)",
            "siste dag er mandag 30. november 2026",
        ),
        (
            (vague("tba"), None),
            (vague("2027-Q1"), None),
            "Tidspunkt varslet: Kjernejournal – gammel innlogging (1. kvartal 2027)",
            "i løpet av 1. kvartal 2027",
        ),
        (
            (vague("2026-12-01"), None),
            (firm("2026-12-01"), None),
            "Bekreftet: Kjernejournal – gammel innlogging (tirsdag 1. desember 2026)",
            "Tidspunktet er nå bekreftet.",
        ),
        (
            (vague("2026-Q4"), None),
            (vague("2026-12"), None),
            "Mer presist: Kjernejournal – gammel innlogging (desember 2026)",
            "Før: 4. kvartal 2026.",
        ),
        (
            (firm("2026-12-01"), None),
            (firm("2027-01-15"), None),
            "Flyttet: Kjernejournal – gammel innlogging (fra tirsdag 1. desember 2026 til fredag 15. januar 2027)",
            "Det er 45 dager senere.",
        ),
        (
            (firm("2026-12-02"), None),
            (firm("2026-12-01"), None),
            "Flyttet: Kjernejournal – gammel innlogging (fra onsdag 2. desember 2026 til tirsdag 1. desember 2026)",
            "Det er én dag tidligere.",
        ),
        (
            (firm("2026-12-01"), None),
            (vague("2026-12-01"), None),
            "Ikke lenger sikkert: Kjernejournal – gammel innlogging (tirsdag 1. desember 2026)",
            "Tidspunktet er ikke lenger sikkert.",
        ),
        (
            (firm("2026-12-01"), None),
            (firm("tba"), None),
            "Utsatt: Kjernejournal – gammel innlogging (før: tirsdag 1. desember 2026)",
            "ny dato er ikke satt",
        ),
        (
            (firm("2026-12-01"), None),
            (firm("2026-12-01"), Status.WITHDRAWN),
            "Trukket tilbake: Kjernejournal – gammel innlogging (tirsdag 1. desember 2026)",
            "gjelder ikke lenger",
        ),
        (
            (firm("2026-05-01"), None),
            (firm("2026-05-01"), Status.COMPLETED),
            "Gjennomført: Kjernejournal – gammel innlogging (fredag 1. mai 2026)",
            "Endringen er gjennomført.",
        ),
        (
            (firm("2026-12-01"), Status.WITHDRAWN),
            (firm("2026-12-01"), None),
            "Varslet: Kjernejournal – gammel innlogging (tirsdag 1. desember 2026)",
            "Dette har ikke vært varslet her før.",
        ),
    ],
)
def test_each_kind_of_news_is_told(before: Step, after: Step, title: str, words: str) -> None:
    document = published(story(before, after))
    assert told(document, "title") == [title]
    assert words in told(document, "content")[0]


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        (Language.NN, "Flytta: ", "Det er 45 dagar seinare."),
        (Language.EN, "Moved: ", "That is 45 days later."),
    ],
)
def test_news_is_told_in_each_language(language: Language, title: str, words: str) -> None:
    document = published(story((firm("2026-12-01"), None), (firm("2027-01-15"), None)), language)
    assert document.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert told(document, "title")[0].startswith(title)
    assert words in told(document, "content")[0]


def test_a_new_installation_has_no_news_and_says_since_when() -> None:
    document = published(story((firm("2026-12-01"), None)))
    assert not told(document, "id")
    assert document.findtext("a:updated", namespaces=NS) == "2026-05-01T08:05:30Z"


def test_rewording_is_no_news() -> None:
    lists = story((firm("2026-12-01"), None), (replace(firm("2026-12-01"), stated="andre ord"), None))
    assert not told(published(lists), "id")


def test_the_newest_comes_first_and_dates_the_feed() -> None:
    document = published(story(*((firm(f"2026-12-0{day}"), None) for day in (1, 2, 3))))
    stamps = told(document, "updated")
    assert stamps == sorted(stamps, reverse=True) == told(document, "published")
    assert document.findtext("a:updated", namespaces=NS) == stamps[0] == "2026-05-21T08:05:30Z"


def test_an_entry_keeps_its_name_whatever_comes_after_or_is_reworded() -> None:
    moves = story(*((firm(f"2026-12-0{day}"), None) for day in (1, 2, 3, 4)))
    known: set[str] = set()
    for count in range(2, 5):
        ids = set(told(published(moves[:count]), "id"))
        assert known < ids
        known = ids
    change = replace(moves[-1].changes[0], title=same("helt andre ord"))
    assert set(told(published([*moves[:-1], replace(moves[-1], changes=(change,))]), "id")) == known


def test_each_language_has_names_of_its_own() -> None:
    lists = story((firm("2026-12-01"), None), (firm("2026-12-02"), None))
    ids = [told(published(lists, language), "id")[0] for language in Language]
    feeds = [published(lists, language).findtext("a:id", namespaces=NS) for language in Language]
    assert len({*ids, *feeds}) == 6


def test_a_service_s_feed_holds_its_own_news_under_the_same_names() -> None:
    first = story((firm("2026-12-01"), None), (firm("2026-12-02"), None))
    helseid = Service(id="helseid", name="HelseID")

    def with_helseid(changes: ChangeList, day: str) -> ChangeList:
        deadline = replace(changes.changes[0].deadlines[0], when=firm(day))
        other = replace(changes.changes[0], id="par", service="helseid", deadlines=(deadline,))
        return replace(changes, services=(*changes.services, helseid), changes=(*changes.changes, other))

    lists = [
        with_helseid(changes, day) for changes, day in zip(first, ("2027-01-01", "2027-02-01"), strict=True)
    ]
    everything, one = published(lists), published(lists, service=helseid)
    assert len(told(everything, "id")) == 2
    assert told(one, "title") == [title for title in told(everything, "title") if "HelseID" in title]
    assert set(told(one, "id")) < set(told(everything, "id"))
    assert one.findtext("a:title", namespaces=NS) == "E-helse: nytt om varslede endringer – HelseID"


def test_the_feed_holds_no_more_than_a_hundred_entries() -> None:
    days = [START.date() + timedelta(days=n) for n in range(MOST + 20)]
    document = published(story(*((firm(f"{day}"), None) for day in days)))
    assert len(told(document, "id")) == MOST
    oldest_kept = START + 20 * timedelta(days=10)
    assert told(document, "updated")[-1] == f"{oldest_kept:%Y-%m-%dT%H:%M:%SZ}"


@settings(max_examples=100, deadline=None)
@given(lists=stories(), language=st.sampled_from(Language), publisher=ODD)
def test_whatever_the_list_holds_the_feed_is_sound(
    lists: list[ChangeList], language: Language, publisher: str
) -> None:
    document = published(lists, language, publisher=publisher)
    ids = told(document, "id")
    assert len(ids) == len(set(ids))


@settings(max_examples=50, deadline=None)
@given(lists=stories())
def test_the_same_list_gives_the_same_bytes(lists: list[ChangeList]) -> None:
    bodies = {
        atom(
            changes=lists[-1], history=history_of(lists), feed=feed(), since=datetime(2026, 5, 1, tzinfo=UTC)
        )
        for _ in range(2)
    }
    assert len(bodies) == 1


def test_the_schema_refuses_a_feed_without_a_date() -> None:
    document = published(story((firm("2026-12-01"), None), (firm("2026-12-02"), None)))
    for broken in ("a:updated", "a:id", "a:title", "a:entry/a:updated"):
        copy = etree.fromstring(etree.tostring(document))
        element = copy.find(broken, namespaces=NS)
        element.getparent().remove(element)
        assert not SCHEMA.validate(copy)
