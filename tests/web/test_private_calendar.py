"""A private calendar: what its holder follows, in their language, for nobody to keep, and gone once it is revoked."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Event

import icalendar
import pytest

from notifier.core.answer import AnswerKind
from notifier.core.cadence import parse_cadence
from notifier.core.holder import GONE, Gone, Held, Holder, Mark, Retold
from notifier.core.subscription import EVERYTHING, Followed, Topic, parse_topic
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from notifier.web import holders, private
from tests.feeds.lint import lint, unfolded
from tests.feeds.lists import history_of
from tests.feeds.readers import all_readers
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site

TOKEN = "wBv1c0q9ZqT3xJ4n5sK8LmQ7eR2yU6iO"
URL = f"/calendar/private/{TOKEN}.ics"


def holder(*topics: Topic, language: Language = Language.NN) -> Holder:
    """Somebody who chose these in September 2026."""
    return Holder(
        followed=Followed(topics or (EVERYTHING,)),
        language=language,
        cadence=None,
        cadence_since=None,
        since=NOW - timedelta(days=80),
    )


def ask(answer: Callable[[], Held], act: Callable[[Client], None]) -> None:
    history = history_of([real_list()])
    with serving(
        site(history=lambda: history, holder=lambda token: answer() if token == TOKEN else None)
    ) as client:
        act(client)


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


def test_an_answer_holds_while_nothing_was_written_and_not_a_moment_longer() -> None:
    asked: list[str] = []
    held: list[Held] = [holder(parse_topic("service:preg"))]
    versions: list[int | None] = [1]

    def look_up(token: str) -> Held:
        asked.append(token)
        return held[-1]

    history = history_of([real_list()])
    with serving(site(history=lambda: history, holder=look_up, version=lambda: versions[-1])) as client:
        first = client.get(URL)
        assert [client.get(URL).body for _ in range(3)] == [first.body] * 3
        assert len(asked) == 1
        assert client.get(f"/calendar-with-leads/private/{TOKEN}.ics").status == 200
        held.append(holder(parse_topic("service:fjernhjelp")))
        versions.append(2)
        assert client.get(URL).body != first.body
        held.append(GONE)
        versions.append(None)
        assert [client.get(URL).status for _ in range(2)] == [410, 410]
        assert len(asked) == 5


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


def test_of_many_who_ask_in_turn_only_the_longest_silent_is_looked_up_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(private, "MOST_ANSWERED", 2)
    looked_up: list[str] = []

    def look_up(token: str) -> Held:
        looked_up.append(token)
        return holder()

    with serving(site(holder=look_up, version=lambda: 1)) as client:
        for token in ("one", "two", "one", "three", "one", "two"):
            assert client.get(f"/calendar/private/{token}.ics").status == 200
    assert looked_up == ["one", "two", "three", "two"]


def test_what_was_served_in_trouble_is_not_taken_for_certain_afterwards() -> None:
    held: list[Held | Exception] = [holder()]
    versions = [1]

    def look_up(token: str) -> Held:
        if isinstance(held[-1], Exception):
            raise held[-1]
        return held[-1]

    with serving(site(holder=look_up, version=lambda: versions[-1])) as client:
        assert client.get(URL).status == 200
        versions.append(2)
        held.append(OSError("the database is gone"))
        assert client.get(URL).status == 200
        held.append(GONE)
        assert client.get(URL).status == 410


def test_many_at_once_are_each_answered_with_their_own() -> None:
    services = ["preg", "helseid", "fjernhjelp", "ftps", "vkp"]
    history = history_of([real_list()])

    def look_up(token: str) -> Held:
        return holder(parse_topic(f"service:{token}")) if token in services else None

    with (
        serving(site(history=lambda: history, holder=look_up)) as client,
        ThreadPoolExecutor(max_workers=8) as pool,
    ):
        asked = [[*services, "unknown"][number % 6] for number in range(48)]
        answers = list(pool.map(lambda name: client.get(f"/calendar/private/{name}.ics?lang=nb"), asked))
        public = {name: client.get(f"/calendar/{name}.ics?lang=nn").body for name in services}
    for name, answer in zip(asked, answers, strict=True):
        assert answer.status == (200 if name in services else 404)
        if answer.status == 200:
            assert answer.body.partition(b"BEGIN:VEVENT")[2] == public[name].partition(b"BEGIN:VEVENT")[2]


def test_when_the_database_fails_those_who_asked_before_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "PATIENCE", 0.2)
    answers: list[Held | Exception] = [holder()]

    def answer() -> Held:
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    def act(client: Client) -> None:
        first = client.get(URL)
        answers.append(OSError("the database is gone"))
        again = client.get(URL)
        assert (again.status, again.body) == (200, first.body)
        answers.append(GONE)
        assert client.get(URL).status == 410
        answers.append(OSError("the database is gone"))
        refused = client.get(URL)
        assert (refused.status, refused.headers["retry-after"]) == (503, "60")
        assert refused.headers["content-type"] == "text/plain; charset=utf-8"

    ask(answer, act)


def test_a_row_that_cannot_be_read_keeps_nobody_else_waiting() -> None:
    def look_up(token: str) -> Held:
        if token == "damaged":
            raise ValueError("“30x” is not a lead")
        return GONE if token == "gone" else holder()

    asked = ["damaged", *("one", "gone") * 3]
    with serving(site(holder=look_up)) as client, ThreadPoolExecutor(len(asked)) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda name: client.get(f"/calendar/private/{name}.ics").status, asked))
        assert answers == [503, *(200, 410) * 3]
        assert time.monotonic() - began < holders.PATIENCE / 3


def test_when_the_database_fails_for_a_moment_strangers_wait_and_others_do_not() -> None:
    is_up = Event()
    is_up.set()

    def look_up(token: str) -> Held:
        if not is_up.is_set():
            raise OSError("the database is gone")
        return holder()

    with serving(site(holder=look_up)) as client, ThreadPoolExecutor() as pool:
        known = client.get(URL)
        is_up.clear()
        stranger = pool.submit(client.get, "/calendar/private/stranger.ics")
        assert client.get(URL).body == known.body
        assert not stranger.done()
        is_up.set()
        assert (stranger.result().status, stranger.result().body) == (200, known.body)


def test_all_who_follow_the_same_share_the_bytes() -> None:
    both = {TOKEN: holder(), "another": replace(holder(), since=NOW)}
    history = history_of([real_list()])
    with serving(site(history=lambda: history, holder=both.get)) as client:
        one, other = (client.get(f"/calendar/private/{token}.ics") for token in both)
    assert one.body == other.body
    assert one.headers["last-modified"] != other.headers["last-modified"]
