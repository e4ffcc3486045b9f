"""A private calendar: what its holder follows, in their language, for nobody to keep, and gone once it is revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import icalendar
import pytest

from notifier.core.answer import AnswerKind
from notifier.core.cadence import parse_cadence
from notifier.core.holder import GONE, Gone, Held, Mark, Retold
from notifier.core.subscription import parse_topic
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from tests.feeds.lint import lint, unfolded
from tests.feeds.lists import history_of
from tests.feeds.readers import all_readers
from tests.web.private_calendars import TOKEN, URL, ask, holder
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site


def test_it_holds_what_they_follow_in_their_language() -> None:
    preg = holder(parse_topic("service:preg"), parse_topic("change:kjernejournal-portal-gammel-innlogging"))

    def act(client: Client) -> None:
        answer = client.get(URL)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["content-language"] == "nn"
        assert lint(answer.body) == []
        first, *others = all_readers(answer.body).values()
        assert all(other == first for other in others)
        public = {row[0] for row in all_readers(client.get("/calendar/preg.ics?lang=nn").body)["Radicale"]}
        ours = {row[0] for row in first}
        assert ours - public == {"kjernejournal-portal-gammel-innlogging.end@varsler-for-e-helse"}
        assert public < ours

    ask(lambda: preg, act)


def test_it_does_not_hold_its_own_address() -> None:
    def act(client: Client) -> None:
        body = client.get(URL).text
        assert TOKEN not in body
        assert "SOURCE" not in body

    ask(holder, act)


def test_it_is_known_again_until_they_choose_something_else() -> None:
    chosen = [holder(parse_topic("service:preg"))]

    def act(client: Client) -> None:
        first = client.get(URL)
        for headers in (
            {"if-none-match": first.headers["etag"]},
            {"if-modified-since": first.headers["last-modified"]},
        ):
            again = client.ask("GET", URL, headers=headers)
            assert (again.status, again.headers["cache-control"]) == (304, "private, no-cache")
        now = NOW - timedelta(hours=1)
        chosen.append(replace(holder(parse_topic("service:fjernhjelp")), since=now))
        changed = client.get(URL, if_none_match=first.headers["etag"])
        assert changed.status == 200
        assert changed.headers["last-modified"] == format_datetime(now, usegmt=True)
        assert client.get(URL, if_modified_since=first.headers["last-modified"]).status == 200

    ask(lambda: chosen[-1], act)


def test_what_they_answer_reaches_programs_that_know_it_by_its_date_alone() -> None:
    history = history_of([real_list()])
    clock, held = [NOW], [holder(parse_topic("service:preg"))]
    (change,) = (each for each in real_list().changes if each.service == "preg")

    with serving(site(history=lambda: history, holder=lambda _: held[-1], now=lambda: clock[-1])) as client:
        first = client.get(URL)
        clock.append(NOW + timedelta(hours=2))
        at = NOW + timedelta(hours=1)
        done = Mark(
            change_id=change.id, kind=AnswerKind.DONE, planned=None, first_at=at, said_at=at, times=1, at=at
        )
        held.append(replace(held[-1], marks=(done,)))
        again = client.get(URL, if_modified_since=first.headers["last-modified"])
        assert (again.status, "FERDIG" in again.text) == (200, True)
        assert again.headers["last-modified"] == format_datetime(at, usegmt=True)


@pytest.mark.parametrize(("answer", "status"), [(None, 404), (GONE, 410)])
def test_unknown_and_revoked_are_told_apart_and_without_the_token(answer: Gone | None, status: int) -> None:
    def act(client: Client) -> None:
        refused = client.get(URL)
        assert (refused.status, refused.headers["content-type"]) == (status, "text/plain; charset=utf-8")
        assert refused.headers["cache-control"] == "no-store"
        assert TOKEN not in refused.text

    ask(lambda: answer, act)


def test_their_own_leads_are_in_the_variants() -> None:
    theirs = replace(
        holder(parse_topic("change:kjernejournal-portal-gammel-innlogging")),
        cadence=parse_cadence(["5d"]),
        cadence_since=NOW - timedelta(days=80),
    )

    def act(client: Client) -> None:
        leads = client.get(f"/calendar-with-leads/private/{TOKEN}.ics").text
        assert "kjernejournal-portal-gammel-innlogging.end.lead-5d@" in leads
        assert ".lead-30d@" not in leads
        alarms = unfolded(client.get(f"/calendar-with-alarms/private/{TOKEN}.ics").body)
        assert alarms.count("BEGIN:VALARM") == 1

    ask(lambda: theirs, act)


def test_another_language_and_other_leads_reach_a_client_that_keeps_what_it_has() -> None:
    chosen = [holder(parse_topic("service:preg"))]
    variants = [f"/{variant}/private/{TOKEN}.ics" for variant in Variant]

    def revisions(body: bytes) -> dict[str, tuple[int, datetime, str]]:
        events = icalendar.Calendar.from_ical(body).walk("VEVENT")
        return {
            str(each["UID"]): (int(each["SEQUENCE"]), each["LAST-MODIFIED"].dt, str(each["SUMMARY"]))
            for each in events
        }

    def act(client: Client) -> None:
        for turn, language in enumerate([Language.NB, Language.NN, Language.NB], start=1):
            before = {path: revisions(client.get(path).body) for path in variants}
            at = NOW - timedelta(days=10 - turn)
            retold = Retold(times=turn, at=at)
            chosen.append(replace(chosen[-1], language=language, since=at, retold=retold))
            for path in variants:
                after = revisions(client.get(path).body)
                assert set(after) == set(before[path]) != set()
                for uid, (sequence, stamp, summary) in after.items():
                    old = before[path][uid]
                    assert (sequence, stamp) == (old[0] + 1, at.replace(microsecond=0))
                    assert stamp > old[1]
                    assert summary != old[2]

    ask(lambda: chosen[-1], act)


@pytest.mark.parametrize(
    "query",
    ["", "_=1", "lang=en", "lang=xx", "lang=nb&lang=en", "service=nobody", "%FF", "a&" * 500, "?=&&#"],
)
def test_a_query_alters_nothing_the_first_time_or_later(query: str) -> None:
    # What they follow is chosen on their page; what a program adds must not cost them their calendar.
    looked_up: list[str] = []

    def look_up(token: str) -> Held:
        looked_up.append(token)
        return holder(parse_topic("service:preg"))

    history = history_of([real_list()])
    with serving(site(history=lambda: history, holder=look_up, version=lambda: 1)) as client:
        cold, warm = client.get(f"{URL}?{query}"), client.get(f"{URL}?{query}")
        plain = client.get(URL)
        known = client.get(f"{URL}?{query}", if_none_match=plain.headers["etag"])
    assert looked_up == [TOKEN]
    assert (cold.status, known.status) == (200, 304)
    assert {answer.body for answer in (cold, warm, plain)} == {cold.body}
    assert [dict(answer.headers) | {"date": ""} for answer in (warm, plain)] == [
        dict(cold.headers) | {"date": ""}
    ] * 2
