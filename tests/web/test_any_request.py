"""Whatever is asked of a Feed's address, the answer is a whole Feed or says plainly why there is none."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from typing import Any

import uvloop
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.feeds.addresses import Variant
from notifier.feeds.asking import without_language
from notifier.web.application import create_app
from notifier.web.feeds import Feeds, is_feed
from tests.feeds.lists import history_of
from tests.web.private_calendars import URL, holder
from tests.web.sites import real_list, site

ODD = st.text(st.characters(max_codepoint=255), max_size=12)
NUMBERS = st.integers(-1, 99).map("{:02}".format) | st.integers(0).map(str)
DATES = st.builds(
    "{}, {} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Sun", "Sunday", ""]),
    NUMBERS,
    st.sampled_from(["Nov", "Feb", "13"]),
    st.sampled_from(["2026", "2027", "0", "94"]) | NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(["GMT", "+0100", "-0000", "CET", ""]) | NUMBERS.map("+{}".format),
)
PARTS = st.sampled_from(
    [
        *Variant,
        "nb",
        "nn",
        "se",
        "private",
        "change",
        "service",
        "news",
        "api",
        "v1",
        "changes",
        "deadlines",
        "..",
        "",
    ]
)
PATHS = st.sampled_from(
    ["/calendar.ics", "/news.atom", "/api/v1/deadlines", "/en/calendar/preg.ics", URL]
) | st.builds(
    "/{}{}".format,
    st.lists(PARTS | ODD, max_size=4).map("/".join),
    st.sampled_from([".ics", ".atom", ".json", ".ICS", "", "/"]) | ODD,
)
QUERIES = st.lists(
    st.builds(
        "{}={}".format,
        st.sampled_from(["lang", "service", "state", "before", "_"]) | ODD,
        st.sampled_from(["nb", "no", "preg", "ahead", "2026-12-01", "%ff", ""]) | ODD,
    ),
    max_size=3,
).map("&".join)
HEADERS = st.lists(
    st.tuples(st.just("if-modified-since"), DATES | ODD)
    | st.tuples(st.sampled_from(["if-none-match", "accept", "accept-language", "range", "host"]), ODD),
    max_size=3,
)
KINDS = {
    200: {"text/calendar", "application/atom+xml", "application/json", "text/plain"},
    400: {"text/plain", "application/problem+json"},
    404: {"text/plain", "application/problem+json"},
}
Answer = tuple[int, dict[bytes, bytes], bytes]


@cache
def app() -> Feeds:
    history = history_of([real_list()])
    made = create_app(site(history=lambda: history, holder=lambda token: holder() if token in URL else None))
    assert isinstance(made, Feeds)
    return made


async def asked(path: str, query: bytes, headers: list[tuple[bytes, bytes]]) -> Answer:
    said: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers}
    await app()(scope, receive, send)
    start, body = said
    return start["status"], dict(start["headers"]), body["body"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(path=PATHS.filter(is_feed), query=QUERIES, headers=HEADERS)
@example("/nb/api/v1/changes", "", [])
@example("/calendar.ics", "", [("if-modified-since", "Sun, 06 Nov 99999999999999 08:49:37 GMT")])
def test_it_is_a_whole_feed_or_a_plain_refusal(path: str, query: str, headers: list[tuple[str, str]]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    first, again = (uvloop.run(asked(path, query.encode("latin-1"), raw)) for _ in range(2))
    assert first == again
    status, said, body = first
    if status == 304:
        assert (body, b"etag" in said) == (b"", True)
        return
    assert said[b"content-type"].partition(b";")[0].decode() in KINDS[status]
    assert int(said[b"content-length"]) == len(body) > 0
    assert said[b"x-content-type-options"] == b"nosniff"
    plain, _ = without_language(path)
    assert (b"json" in said[b"content-type"]) == (plain == "/api" or plain.startswith("/api/"))
