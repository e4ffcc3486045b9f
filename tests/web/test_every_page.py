"""Every page and every answer: protected, self-contained, in order, and friendly where nothing is to be had."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from notifier.core.change import ChangeList
from notifier.core.subscription import Addressee
from tests.web.outline import Outline
from tests.web.serving import Client, serving
from tests.web.sites import LINKS, site

LEAVE = LINKS.leave(Addressee("someone", 0)).removeprefix(LINKS.base_url)
EVERYWHERE = [
    "/",
    "/nb",
    "/nn",
    "/en",
    "/calendar.ics",
    "/nb/change/ftps",
    "/calendars",
    "/nb/calendars",
    "/nb/privacy",
    "/style.css",
    "/copy.js",
    LEAVE,
    "/leave/x",
    "/missing",
    "/health/live",
]
PUBLIC = [
    "/nb",
    "/nn",
    "/en",
    "/nb?service=helseid",
    "/nb/change/preg-testdata",
    "/nn/calendars",
    "/nn/calendars?service=helseid&service=preg",
    "/en/privacy",
    "/en/accessibility",
]
PAGES = ["/", *PUBLIC, LEAVE, "/leave/altered", "/answer/altered", "/missing", "/a/b/c", "/nb/change/unknown"]


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("nn-NO,nb;q=0.8", "nn"),
        ("no", "nb"),
        ("en-GB;q=0.3, nb;q=0.9", "nb"),
        ("de, en;q=0.5", "en"),
        ("de", "nb"),
        ("", "nb"),
        ("nb;q=0, en;q=0.1", "en"),
        ("en;q=banana, nn;q=0.2", "nn"),
        (",;,;q=,*;q=1", "nb"),
    ],
)
def test_the_front_page_follows_the_browser_s_language(real: Client, wish: str, language: str) -> None:
    answer = real.get("/", accept_language=wish)
    assert answer.status == 200
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_is_protected(real: Client, path: str) -> None:
    headers = real.get(path).headers
    # No browser shows a calendar as a page, for which alone the policy would hold.
    if not path.endswith(".ics"):
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        # The policy forbids framing; a page says so to old browsers as well.
        assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_at_most_what_copies_an_address(
    real: Client, path: str
) -> None:
    answer = real.get(path)
    outline = Outline(answer.text)
    copies = any(button.get("class") == "second copy" for button in outline.all("button"))
    assert [str(script["src"]).rpartition("/")[2] for script in outline.all("script")] == ["copy.js"] * copies
    assert answer.headers["content-security-policy"].endswith("; script-src 'self'") is copies
    assert "<script>" not in answer.text
    assert not [
        attributes for _, attributes in outline.tags if "style" in attributes or "onclick" in attributes
    ]
    loaded = [str(link["href"]) for link in outline.all("link") if link["rel"] in ("stylesheet", "icon")]
    assert all(address.startswith("data:") or address.endswith("style.css") for address in loaded)
    assert not [address for address in loaded if "//" in address.replace("http://www.w3.org", "")]


@pytest.mark.parametrize("path", PAGES)
def test_the_way_to_the_stylesheet_is_right_from_every_page(real: Client, path: str) -> None:
    (sheet,) = [str(a["href"]) for a in Outline(real.get(path).text).all("link") if a["rel"] == "stylesheet"]
    up = sheet.count("../")
    assert (
        path.partition("?")[0].rsplit("/", up + 1)[0] + "/" + sheet.replace("../", "").replace("./", "")
        == "/style.css"
    )


@pytest.mark.parametrize("path", PAGES)
def test_headings_are_in_order_and_the_content_can_be_jumped_to(real: Client, path: str) -> None:
    outline = Outline(real.get(path).text)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(following - level <= 1 for level, following in pairwise(levels))
    assert any(a.get("class") == "skip" and a["href"] == "#content" for a in outline.all("a"))
    assert any(main.get("id") == "content" for main in outline.all("main"))


def test_no_address_comes_from_the_host_header(real: Client) -> None:
    for path in (*PAGES, "/nb/", "/calendar.ics"):
        answer = real.ask("GET", path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)


def test_unknown_addresses_get_a_friendly_page(real: Client) -> None:
    answer = real.get("/missing", accept_language="nn")
    assert answer.status == 404
    assert "Denne sida finst ikkje" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_with_what_is_allowed(real: Client, method: str) -> None:
    answer = real.ask(method, "/nb")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_head_is_get_without_a_body(real: Client, path: str) -> None:
    got, asked = real.get(path), real.ask("HEAD", path)
    assert asked.status == got.status
    assert asked.body == b""
    assert asked.headers | {"date": ""} == got.headers | {"date": ""}


def test_before_the_first_list_the_page_says_so() -> None:
    with serving(site(changes=lambda: None)) as client:
        answer = client.get("/en")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    assert "The list is not ready yet" in answer.text


def test_a_failure_is_answered_with_a_friendly_protected_page() -> None:
    def broken() -> ChangeList:
        raise RuntimeError("someone@example.com")

    with serving(site(changes=broken)) as client:
        answer = client.get("/nb")
    assert answer.status == 500
    assert "Noe gikk galt hos oss" in answer.text
    assert "someone" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
