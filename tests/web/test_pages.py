"""The pages: three languages, where each Change stands, and nothing that reaches elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notifier.core.change import ChangeList, Status
from notifier.core.retention import Retention
from notifier.core.text import Language
from notifier.core.when import When
from notifier.feeds.pipeline import check
from tests.feeds.lists import firm, history_of, one_deadline, vague
from tests.web.outline import Outline
from tests.web.serving import Client, serving
from tests.web.sites import LINKS, NOW, real_list, site


def words_of(
    changes: ChangeList, *, path: str = "/nb", now: datetime = NOW, history: Sequence[ChangeList] = ()
) -> str:
    """The words of a page about the test's own list; the Change there is `portal`."""
    with serving(
        site(changes=lambda: changes, history=lambda: history_of([*history, changes]), now=lambda: now)
    ) as client:
        main = re.search(r"<main.*?</main>", client.get(path).text, re.DOTALL)
    assert main
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/nb",
            ["8 dager igjen", "6 arbeidsdager", "siste dag er mandag 30. november 2026", "Dette kommer"],
        ),
        (
            "/nn",
            ["8 dagar att", "6 arbeidsdagar", "siste dag er måndag 30. november 2026", "Dato er ikkje sett"],
        ),
        (
            "/en",
            [
                "8 days left",
                "6 working days",
                "the last day is Monday 30 November 2026",
                "Coming up",
            ],
        ),
    ],
)
def test_the_list_speaks_each_language(real: Client, path: str, words: list[str]) -> None:
    answer = real.get(path)
    assert answer.status == 200
    assert f'<html lang="{path[1:]}">' in answer.text
    assert answer.headers["content-language"] == path[1:]
    assert [word for word in words if word not in answer.text] == []


def test_every_change_has_its_place_and_leads_to_its_page(real: Client) -> None:
    outline = Outline(real.get("/nb").text)
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    changes = [change.id for change in real_list().changes]
    assert set(changes) <= set(ids)
    assert {f"./nb/change/{change}" for change in changes} <= {a.get("href") for a in outline.all("a")}
    assert [
        real.get(f"/{language}/change/{change}").status for change in changes for language in Language
    ] == [200] * 3 * len(changes)


def test_the_most_urgent_comes_first(real: Client) -> None:
    rows = [str(a["id"]) for a in Outline(real.get("/nb").text).all("li") if a.get("class") == "row"]
    assert rows[0] == "kjernejournal-portal-gammel-innlogging"
    assert rows.index("ftps") < rows.index("fjernhjelp")


def test_a_service_s_changes_can_be_shown_alone_in_every_language(real: Client) -> None:
    answer = real.get("/nb?service=helseid")
    outline = Outline(answer.text)
    assert [a["id"] for a in outline.all("li") if a.get("class") == "row"] == ["helseid-par-dpop"]
    linked = {a.get("href") for a in outline.all("a")}
    assert {"./nn?service=helseid", "./nb/calendars?service=helseid"} <= linked
    assert real.get("/nb?service=unknown").status == 404


def test_a_service_named_often_is_shown_once(real: Client) -> None:
    for path in ("/nb", "/nb/calendars"):
        often = real.get(f"{path}?{'&'.join(['service=preg'] * 200)}")
        assert len(often.body) == len(real.get(f"{path}?service=preg").body)


def test_what_follows_another_date_says_so(real: Client) -> None:
    page = real.get("/nb/change/pjd-gammel-innlogging").text
    assert 'Følger datoen til: <a href="../../nb/change/kjernejournal-portal-gammel-innlogging">' in page


def test_a_change_s_page_tells_all_there_is_to_know(real: Client) -> None:
    page = real.get("/nb/change/preg-testdata").text
    for heading in ("Når skjer det?", "Gjelder dette oss?", "Hva må gjøres?", "Datoene hittil"):
        assert f">{heading}</h2>" in page
    assert page.count("Tidligere kunngjort: ") == 3
    assert "/calendar/change/preg-testdata.ics?lang=nb" in page
    assert "Sist kontrollert 20. november 2026" in page


def test_a_moved_date_is_told_with_its_history() -> None:
    before, after = one_deadline(firm("2026-12-01")), one_deadline(firm("2027-02-01"), revision=2)
    page = words_of(after, path="/nb/change/portal", history=[before])
    assert "endret fra tirsdag 1. desember 2026 til mandag 1. februar 2027" in page
    over = one_deadline(firm("2027-02-01"), status=Status.WITHDRAWN, revision=3)
    assert "Nå: trukket tilbake" in words_of(over, path="/nb/change/portal", history=[before, after])
    assert "Nå: mandag 1. februar 2027" in page


def test_a_date_that_never_moved_says_so() -> None:
    assert "Ingen dato er flyttet" in words_of(one_deadline(firm("2026-12-01")), path="/nb/change/portal")


def test_an_unknown_change_is_not_found_in_its_page_s_language(real: Client) -> None:
    answer = real.get("/nn/change/unknown", accept_language="en")
    assert answer.status == 404
    assert "Denne sida finst ikkje" in answer.text


def test_the_calendars_of_all_of_services_and_of_changes_are_offered(real: Client) -> None:
    page = real.get("/nb/calendars").text.replace("&amp;", "&")
    base = LINKS.base_url
    for change in real_list().changes:
        assert f"{base}/calendar/change/{change.id}.ics?lang=nb" in page
    for service in real_list().services:
        assert f"{base}/calendar/{service.id}.ics?lang=nb" in page
    for variant in ("calendar", "calendar-with-alarms", "calendar-with-leads"):
        assert f"{base}/{variant}.ics?lang=nb" in page
    assert "webcal://varsel.example.no/calendar.ics?lang=nb" in page
    for program in ("outlook.office.com", "outlook.live.com"):
        handed = f"https://{program}/calendar/0/addfromweb?url=https%3A%2F%2Fvarsel.example.no%2Fcalendar.ics"
        assert handed in page
    assert page.count('&name=E-helse%3A%20HelseID"') == 2  # a plus would stand in the name in some programs


def test_every_calendar_and_feed_that_is_offered_is_there(real: Client) -> None:
    page = real.get("/en/calendars?service=preg&service=helseid").text.replace("&amp;", "&")
    offered = set(re.findall(rf'"{LINKS.base_url}(/[^"]+\.(?:ics|atom|json)[^"]*)"', page))
    assert len(offered) > 50
    assert {path: status for path in offered if (status := real.get(path).status) != 200} == {}


def test_services_are_put_together_into_one_calendar(real: Client) -> None:
    page = real.get("/nb/calendars?service=preg&service=helseid").text.replace("&amp;", "&")
    assert f"{LINKS.base_url}/calendar.ics?service=helseid&service=preg&lang=nb" in page
    assert real.get("/nb/calendars?service=unknown").status == 404


@pytest.mark.parametrize(
    ("query", "services"), [("", []), ("?service=preg&service=helseid", ["preg", "helseid"])]
)
def test_the_check_for_pipelines_is_there_to_copy(real: Client, query: str, services: list[str]) -> None:
    line = check(base_url=LINKS.base_url, services=services, language=Language.NN)
    assert f">{line}</textarea>" in html.unescape(real.get(f"/nn/calendars{query}").text)


def test_the_privacy_page_states_the_periods_of_the_settings() -> None:
    kept = Retention(
        messages=timedelta(days=41),
        attempts=timedelta(days=42),
        ended=timedelta(days=43),
        erased=timedelta(days=44),
    )
    with serving(replace(site(), retention=kept)) as client:
        for language, days in (("nb", "dager"), ("nn", "dagar"), ("en", "days")):
            told = client.get(f"/{language}/privacy").text
            assert all(f"{number} {days}" in told for number in (41, 42, 43, 44))


def test_the_publisher_s_own_statements_are_linked_from_every_page() -> None:
    given = replace(
        site(), privacy_url="https://nhn.example/personvern", accessibility_url="https://uu.example/1"
    )
    with serving(given) as client:
        for path in ("/nb", "/nb/privacy", "/nb/accessibility"):
            footer = client.get(path).text.partition("<footer")[2]
            assert 'href="https://nhn.example/personvern"' in footer
            assert 'href="https://uu.example/1"' in footer
        assert "https://nhn.example/personvern" in client.get("/nn/privacy").text.partition("<footer")[0]


@pytest.mark.parametrize(
    ("when", "status", "words"),
    [
        (firm("2026-11-23"), None, "I dag"),
        (firm("2026-11-24"), None, "1 dag igjen"),
        (vague("2026-12"), None, "8 dager igjen til tidligste dag"),
        (vague("2026-11"), None, "kan skje når som helst"),
        (vague("2026-03.."), None, "kan skje når som helst"),
        (vague("2026-10"), None, "Det varslede tidspunktet er passert. Spør kundesenter@nhn.no om status."),
        (firm("2026-11-22"), None, "Det varslede tidspunktet er passert. Spør kundesenter@nhn.no om status."),
        (vague("tba"), None, "Skal utgå; dato er ikke satt."),
        (firm("2026-11-01"), Status.COMPLETED, "gjennomført"),
        (firm("2026-12-01"), Status.WITHDRAWN, "Varselet er trukket tilbake og gjelder ikke lenger."),
    ],
)
def test_a_change_is_shown_as_it_stands(when: When, status: Status | None, words: str) -> None:
    assert words.lower() in words_of(one_deadline(when, status=status)).lower()


def test_the_day_is_norway_s_not_greenwich_s() -> None:
    eve = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert "7 dager igjen" in words_of(one_deadline(firm("2026-12-01")), now=eve)


def test_a_vague_date_never_looks_like_a_day() -> None:
    words = words_of(one_deadline(vague("2027-Q1")))
    assert "i løpet av 1. kvartal 2027" in words
    assert "1. januar" not in words


def test_hostile_text_is_inert() -> None:
    stated = "<script>alert(1)</script> {{ 7 * 7 }} \"'>"
    changes = one_deadline(replace(firm("2026-12-01"), stated=stated))
    with serving(site(changes=lambda: changes)) as client:
        page = client.get("/en/change/portal").text
    assert "<script>" not in page
    assert "{{ 7 * 7 }}" in page


def test_a_slash_behind_the_language_leads_to_the_page(real: Client) -> None:
    for language in Language:
        answer = real.ask("GET", f"/{language}/?service=helseid", headers={"Host": "evil.example"})
        assert (answer.status, answer.headers["location"]) == (308, f"../{language}?service=helseid")
    assert real.get("/nb/nowhere").status == real.get("//evil.example/nb/").status == 404
