"""Private calendars are answered from memory while nothing was written, many at once, and when the database fails."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from notifier.core.holder import GONE, Held
from notifier.core.subscription import parse_topic
from notifier.web import holders, private
from tests.feeds.lists import history_of
from tests.web.private_calendars import TOKEN, URL, ask, holder
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site


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
