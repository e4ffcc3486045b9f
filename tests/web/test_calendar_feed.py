"""The calendar over HTTP: whole, honest about its age, and never empty because something else broke."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from notifier.core.change import ChangeList
from tests.feeds.lint import lint
from tests.feeds.lists import START, firm, history_of, one_deadline
from tests.feeds.readers import all_readers
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site

URL = "/calendar.ics?lang=nb"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_real_list_reads_the_same_everywhere(real: Client, language: str) -> None:
    body = real.get(f"/calendar.ics?lang={language}").body
    assert lint(body) == []
    first, *others = all_readers(body).values()
    assert all(other == first for other in others)
    dated = [key for key, _, deadline in real_list().deadlines() if deadline.when.is_set]
    shown = {uid.partition("@")[0].removesuffix(".window-latest") for uid, *_ in first}
    assert shown <= {key.replace("/", ".") for key in dated}
    assert "kjernejournal-portal-gammel-innlogging.end" in shown


def test_it_is_announced_as_a_calendar_to_show_and_to_keep(real: Client) -> None:
    headers = real.get(URL).headers
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["content-disposition"] == 'inline; filename="e-helse-nb.ics"'
    assert headers["cache-control"] == "public, max-age=900"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["etag"].startswith('"')
    # The last thing that happened: on 16 November 2026 a date of the year before left the calendar.
    assert headers["last-modified"] == "Sun, 15 Nov 2026 23:00:00 GMT"
    assert "content-encoding" not in headers
    assert "vary" not in headers


def test_what_is_known_is_not_sent_again(real: Client) -> None:
    first = real.get(URL)
    for tags in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        answer = real.get(URL, if_none_match=tags)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
        assert answer.headers["last-modified"] == first.headers["last-modified"]
    assert real.get(URL, if_modified_since=first.headers["last-modified"]).status == 304


def test_if_none_match_decides_over_the_date(real: Client) -> None:
    later = format_datetime(NOW, usegmt=True)
    assert real.get(URL, if_none_match='"other"', if_modified_since=later).status == 200


@pytest.mark.parametrize(
    "since", ["", "yesterday", "Mon, 01 Jan 1990 00:00:00 GMT", "Fri, 01 May 2026 08:05:30 -0000"]
)
def test_an_older_or_unreadable_date_gets_the_whole_calendar(real: Client, since: str) -> None:
    assert real.get(URL, if_modified_since=since).status == 200


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "lang=nb%00", "lang=../../etc", "lang=" + "n" * 5000])
def test_an_unknown_language_is_not_found_and_says_what_is(real: Client, query: str) -> None:
    answer = real.get(f"/calendar.ics?{query}")
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "?lang=nn" in answer.text


@pytest.mark.parametrize("query", ["", "?", "?lang=nb&lang=nb", "?x=%zz&lang=nb", "?lang=NB", "?&&=&lang=no"])
def test_odd_but_clear_queries_get_bokmaal(real: Client, query: str) -> None:
    assert real.get(f"/calendar.ics{query}").body == real.get(URL).body


def test_the_bytes_change_with_the_list_and_only_then() -> None:
    lists = [one_deadline(firm("2026-12-01"))]
    clock = [NOW]
    with serving(
        site(changes=lambda: lists[-1], history=lambda: history_of(lists), now=lambda: clock[0])
    ) as client:
        first = client.get(URL)
        clock[0] += timedelta(days=2, minutes=7)
        assert client.get(URL).headers["etag"] == first.headers["etag"]
        lists.append(one_deadline(firm("2027-01-15")))
        moved = client.get(URL, if_none_match=first.headers["etag"])
    assert moved.status == 200
    assert "20270115" in moved.text
    assert parsedate_to_datetime(moved.headers["last-modified"]) > parsedate_to_datetime(
        first.headers["last-modified"]
    )


def test_the_feed_is_never_dated_ahead_of_its_answer() -> None:
    changes = one_deadline(firm("2026-12-01"))
    early = START - timedelta(days=1)
    with serving(
        site(changes=lambda: changes, history=lambda: history_of([changes]), now=lambda: early)
    ) as client:
        stamp = client.get(URL).headers["last-modified"]
    assert parsedate_to_datetime(stamp) <= early


def test_in_trouble_the_last_good_calendar_is_served() -> None:
    answers: list[ChangeList | Exception | None] = [one_deadline(firm("2026-12-01"))]

    def changes() -> ChangeList | None:
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    with serving(site(changes=changes)) as client:
        first = client.get(URL)
        for trouble in (RuntimeError("the database is gone"), None):
            answers.append(trouble)
            answer = client.get(URL)
            assert (answer.status, answer.body) == (200, first.body)
            assert answer.headers["etag"] == first.headers["etag"]


def test_only_before_the_first_list_is_there_none() -> None:
    with serving(site(changes=lambda: None)) as client:
        answer = client.get(URL)
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
