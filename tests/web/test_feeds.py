"""Every Feed's address: equal choices are equal bytes, mistakes are told, and nothing is ever an empty calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from notifier.core.change import ChangeList
from notifier.core.text import Language
from notifier.feeds.addresses import Variant, news_path, public_path
from notifier.feeds.asking import AskedCalendar
from notifier.feeds.selection import ALL
from notifier.web import shelf as shelves
from notifier.web.calendar import calendar_edition
from notifier.web.edition import edition
from notifier.web.shelf import Shelf
from tests.feeds.lint import unfolded
from tests.feeds.lists import firm, history_of, one_deadline
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site

CHANGE = "kjernejournal-portal-gammel-innlogging"
FEEDS = (
    "/calendar.ics",
    "/calendar/preg.ics",
    "/calendar.ics?service=preg&service=fjernhjelp",
    f"/calendar/change/{CHANGE}.ics",
    "/calendar-with-alarms.ics",
    "/calendar-with-leads/preg.ics",
    "/news.atom",
    "/news/preg.atom",
    "/api/v1/changes",
    "/api/v1/deadlines",
)
TEXTS = ("/api/v1/openapi.json", "/robots.txt", "/.well-known/security.txt")


def uids(body: bytes) -> set[str]:
    return {line.removeprefix("UID:") for line in unfolded(body) if line.startswith("UID:")}


@pytest.mark.parametrize("path", FEEDS + TEXTS)
def test_each_is_whole_and_sent_once(real: Client, path: str) -> None:
    first = real.get(path)
    assert first.status == 200
    assert int(first.headers["content-length"]) == len(first.body) > 20
    assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["etag"])
    assert first.headers["cache-control"] == "public, max-age=900"
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["x-content-type-options"] == "nosniff"
    known = real.get(path, if_none_match=first.headers["etag"])
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", first.headers["etag"])
    head = real.ask("HEAD", path)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(first.body)))


@pytest.mark.parametrize("path", FEEDS)
def test_a_browser_runs_nothing_of_what_it_could_show(real: Client, path: str) -> None:
    headers = real.get(path).headers
    policy = headers.get("content-security-policy", "")
    assert ("default-src 'none'" in policy) is ("xml" in headers["content-type"])


@pytest.mark.parametrize("path", FEEDS)
def test_each_says_when_it_last_changed(real: Client, path: str) -> None:
    stamp = real.get(path).headers["last-modified"]
    known = real.get(path, if_modified_since=stamp)
    assert (known.status, known.headers["last-modified"]) == (304, stamp)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "/calendar.ics?service=preg&service=helseid&lang=nn",
            "/calendar.ics?lang=nn&service=helseid&service=preg",
        ),
        ("/calendar.ics?service=preg&service=preg", "/calendar.ics?service=preg"),
        ("/calendar.ics?service=preg", "/calendar/preg.ics"),
        ("/calendar.ics?lang=nn", "/nn/calendar.ics"),
        ("/nb/calendar-with-leads/preg.ics?_=123", "/calendar-with-leads/preg.ics"),
        ("/en/news/preg.atom", "/news/preg.atom?lang=en"),
        (
            "/api/v1/deadlines?state=ahead&state=undated&service=preg",
            "/api/v1/deadlines?service=preg&state=undated&state=ahead",
        ),
    ],
)
def test_equal_choices_are_equal_bytes(real: Client, one: str, other: str) -> None:
    assert real.get(one).body == real.get(other).body
    assert real.get(one).headers["etag"] == real.get(other).headers["etag"]


def test_a_selection_holds_its_services_and_nothing_else(real: Client) -> None:
    both = uids(real.get("/calendar.ics?service=preg&service=kjernejournal").body)
    single = [uids(real.get(f"/calendar/{service}.ics").body) for service in ("preg", "kjernejournal")]
    events = {uid for uid in both if not uid.startswith("calendar")}
    assert events == {uid for found in single for uid in found if not uid.startswith("calendar")}
    assert events < uids(real.get("/calendar.ics").body)
    assert f"{CHANGE}.end@varsler-for-e-helse" in uids(real.get(f"/calendar/change/{CHANGE}.ics").body)


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("language", Language)
def test_a_feed_names_its_own_address(real: Client, variant: Variant, language: Language) -> None:
    path = public_path(ALL, variant=variant, language=language)
    body = real.get(path).body
    assert f"SOURCE;VALUE=URI:https://varsel.example.no{path}" in unfolded(body)
    assert ("BEGIN:VALARM" in unfolded(body)) is (variant is Variant.ALARMS)
    news = news_path(None, language=language)
    assert f'href="https://varsel.example.no{news}"' in real.get(news).text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/calendar/unknown.ics", 404, "helseid"),
        ("/calendar.ics?service=preg&service=unknown", 404, "helseid"),
        ("/calendar.ics?service=", 404, "?service=helseid"),
        ("/calendar.ics?service=../../etc", 404, "?service=helseid"),
        ("/calendar/change/unknown.ics", 404, CHANGE),
        ("/calendar/unknown/x.ics", 404, "/calendar/SERVICE.ics"),
        ("/calendar/", 404, "/calendar/SERVICE.ics"),
        ("/calendar.ics/", 404, "/calendar/SERVICE.ics"),
        ("/calendar.ics/x", 404, "/calendar/SERVICE.ics"),
        ("/calendar.ics.", 404, "/calendar/SERVICE.ics"),
        ("/calendar.ics%3E", 404, "/calendar/SERVICE.ics"),
        ("/calendar.ics%00", 404, "/calendar/SERVICE.ics"),
        ("/news.atom/preg", 404, "/news/SERVICE.atom"),
        ("/calendar.ics?service", 404, "?service=helseid"),
        ("/calendar.ics?lang=", 404, "?lang=nn"),
        ("/calendar/private/a/b.ics", 404, "/calendar/SERVICE.ics"),
        ("/CALENDAR.ICS", 404, "/calendar/SERVICE.ics"),
        ("/se/calendar.ics", 404, "/calendar/SERVICE.ics"),
        ("/feed.atom", 404, "/news/SERVICE.atom"),
        ("/calendar/%0d%0aX-Evil:1.ics", 404, "/calendar/SERVICE.ics"),
        ("/calendar/preg.ics?service=helseid", 400, "/calendar.ics?service=a"),
        ("/calendar.ics?lang=nb&lang=en", 400, "one language"),
        ("/calendar.ics?service=%ff", 400, "UTF-8"),
        ("/calendar.ics?" + "&".join(f"service=s{n}" for n in range(200)), 400, "100 fields"),
        ("/news/unknown.atom", 404, "helseid"),
        ("/news.atom?service=preg", 400, "/news/SERVICE.atom"),
        ("/news.atom?lang=xx", 404, "?lang=nn"),
        ("/calendar/private/unknown.ics", 404, "latest mail"),
        ("/.well-known/change-password", 404, "nothing at this address"),
    ],
)
def test_what_is_not_there_is_told_in_plain_text(real: Client, path: str, status: int, told: str) -> None:
    answer = real.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert told in answer.text
    assert "VCALENDAR" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert real.ask("HEAD", path).body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
def test_nothing_but_reading_is_answered(real: Client, method: str) -> None:
    answer = real.ask(method, "/calendar.ics", body=b"BEGIN:VCALENDAR")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", FEEDS)
def test_before_the_first_list_everything_waits(path: str) -> None:
    with serving(site(changes=lambda: None)) as client:
        answer = client.get(path)
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert "html" not in answer.headers["content-type"]


@pytest.mark.parametrize("path", FEEDS)
def test_in_trouble_each_stays_as_it_was_even_at_an_address_not_asked_for_before(path: str) -> None:
    broken: list[Exception] = []
    history = history_of([real_list()])

    def changes() -> ChangeList | None:
        if broken:
            raise broken[0]
        return real_list()

    with serving(site(changes=changes, history=lambda: history)) as client:
        client.get("/robots.txt")
        before = client.get("/calendar.ics")
        broken.append(RuntimeError("the database is gone"))
        after = client.get(path)
        assert client.get("/calendar.ics").body == before.body
    assert after.status == 200


def test_two_nodes_and_a_restart_give_the_same_bytes_and_validators() -> None:
    history = history_of([real_list()])
    seen = []
    for minutes in (0, 7):
        at = NOW + timedelta(minutes=minutes)
        with serving(site(history=lambda: dict(history), now=lambda at=at: at)) as client:
            answers = [client.get(path) for path in FEEDS + TEXTS]
        seen.append([(a.body, a.headers["etag"], a.headers.get("last-modified")) for a in answers])
    assert seen[0] == seen[1]


def test_security_txt_names_whom_to_tell_for_less_than_a_year(real: Client) -> None:
    text = real.get("/.well-known/security.txt").text
    assert "Contact: mailto:varsel@example.no\n" in text
    assert "Expires: 2027-10-01T00:00:00Z\n" in text
    assert "Canonical: https://varsel.example.no/.well-known/security.txt\n" in text
    with serving(site(contact="")) as client:
        assert client.get("/.well-known/security.txt").status == 404


def test_robots_may_fetch_calendars(real: Client) -> None:
    assert real.get("/robots.txt").text == "User-agent: *\nDisallow:\n"


def test_the_shelf_makes_an_edition_once_and_again_only_when_it_had_to_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelves, "MOST_EDITIONS", 2)
    changes = one_deadline(firm("2026-12-01"))
    here = site(changes=lambda: replace(changes), history=lambda: history_of([changes]))
    shelf = Shelf(here)
    made: list[Language] = []

    def ask(language: Language) -> bytes:
        asked = AskedCalendar(Variant.PLAIN, ALL, language)

        def make(snapshot: shelves.Snapshot) -> shelves.Edition:
            made.append(language)
            return calendar_edition(here, shelf, snapshot, asked)

        found = shelf.take(asked, make)
        assert found
        return found.body

    first = ask(Language.NB)
    assert {ask(Language.NB) for _ in range(20)} == {first}
    assert made == [Language.NB]
    ask(Language.NN)
    ask(Language.EN)
    assert ask(Language.NB) == first
    assert made == [Language.NB, Language.NN, Language.EN, Language.NB]


def test_however_many_private_calendars_never_push_out_the_last_good_public_one() -> None:
    trouble = False
    changes = one_deadline(firm("2026-12-01"))
    here = site(changes=lambda: replace(changes), history=lambda: history_of([changes]))
    shelf = Shelf(here)

    def make(snapshot: shelves.Snapshot) -> shelves.Edition:
        if trouble:
            raise ValueError("a mistake that came to light later")
        return calendar_edition(here, shelf, snapshot, AskedCalendar(Variant.PLAIN, ALL, Language.NB))

    public = shelf.take("public", make)
    assert public
    somebodys = edition(b"somebody's", media_type="text/calendar", changed_at=None)
    for number in range(shelves.MOST_EDITIONS + 5):
        assert shelf.take(number, lambda _: somebodys, is_private=True)
    assert shelf.ready(0, is_private=True) is None
    changes, trouble = one_deadline(firm("2027-01-15"), revision=2), True
    assert shelf.ready("public") is None
    assert shelf.take("public", make) is public


def test_what_cannot_be_made_is_made_of_the_list_before_and_else_not_at_all() -> None:
    lists = [one_deadline(firm("2026-12-01"))]
    here = site(changes=lambda: lists[-1], history=lambda: history_of(lists))
    shelf = Shelf(here)

    def make(language: Language, snapshot: shelves.Snapshot) -> shelves.Edition:
        if snapshot.changes is not lists[0] or language is Language.EN:
            raise ValueError("a mistake that only this list, or this language, brings to light")
        return calendar_edition(here, shelf, snapshot, AskedCalendar(Variant.PLAIN, ALL, language))

    first = shelf.take("nb", partial(make, Language.NB))
    assert first
    lists.append(one_deadline(firm("2027-01-15"), revision=2))
    assert shelf.take("nb", partial(make, Language.NB)) is first
    unseen = shelf.take("nn", partial(make, Language.NN))
    assert unseen
    assert b"20261201" in unseen.body
    assert shelf.take("en", partial(make, Language.EN)) is None
