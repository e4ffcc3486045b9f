"""What operators must know reaches them: in the log, by mail and by webhook, and not again and again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from notifier.feeds import limits
from notifier.settings.tables import OpsSettings
from tests.acceptance.announced import change, when, write
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder
from tests.acceptance.story import KARI, Letter, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

OPERATOR, COLLEAGUE = "drift@example.no", "vakt@example.no"
MINUTE = timedelta(minutes=1)
# Past its date, unconfirmed, and not verified for a long time: what an editor should see to.
STALE = change("old", when("2026-10-01"))


class Hook:
    """A chat room's webhook that remembers what was posted, and what else was asked for. Where it answers that it has
    moved, it names a page to log in on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.posts: list[dict[str, Any]] = []
        self.gets: list[str] = []
        self.status = 200


@contextmanager
def listening() -> Iterator[Hook]:
    """A real HTTP server for as long as the block lasts."""

    class Room(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append(json.loads(body))
            self._answer(hook.status, **({"Location": "/login"} if hook.status in range(300, 400) else {}))

        def do_GET(self) -> None:
            hook.gets.append(self.path)
            self._answer(200)

        def _answer(self, status: int, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Room)
    hook = Hook(f"http://127.0.0.1:{server.server_port}/secret-room")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def story_of(folder: Path, sink: SmtpSink, url: str, ops: OpsSettings, **fields: Any) -> Story:
    return eve_of_a_reminder(folder, sink, url=url, ops=ops, **fields)


def to_operators(sink: SmtpSink) -> list[Letter]:
    return [letter for letter in letters_at(sink.accepted) if letter.to in (OPERATOR, COLLEAGUE)]


def spoiled(story: Story) -> None:
    """Half a list."""
    story.changes.write_text("revision = 2\n[[chan", encoding="utf-8")


@pytest.fixture
def operated(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    """An installation with two operators, who have read of what the list's editor should see to."""
    story = eve_of_a_reminder(tmp_path, sink, people=(), url=sqlite_url, ops=OpsSettings())
    ops = OpsSettings(recipients=(OPERATOR, COLLEAGUE))
    told = Story(tmp_path, changes=story.changes, url=sqlite_url, mail=story.mail, ops=ops)
    told.tick(oslo("2026-11-23", "10:00"))
    return told


def test_each_operator_gets_one_mail_about_everything_new(operated: Story, sink: SmtpSink) -> None:
    first = to_operators(sink)
    assert sorted(letter.to for letter in first) == [OPERATOR, COLLEAGUE]
    assert "portal was last checked on 2026-04-20" in first[0].text
    assert str(first[0].message["Subject"]).endswith(": 1 thing needs attention")

    spoiled(operated)
    operated.tick(oslo("2026-11-23", "11:00"))

    fresh = to_operators(sink)[2:]
    assert sorted(letter.to for letter in fresh) == [OPERATOR, COLLEAGUE]
    assert "The list was refused" in fresh[0].text
    assert "last checked" not in fresh[0].text
    assert fresh[0].message["Auto-Submitted"] == "auto-generated"


def test_an_alert_that_stands_is_told_again_a_day_later_and_not_at_every_tick(
    operated: Story, sink: SmtpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled(operated)
    operated.every(30 * MINUTE, since=oslo("2026-11-23", "11:00"), until=oslo("2026-11-23", "21:00"))
    assert len(to_operators(sink)) == 4
    assert capsys.readouterr().out.count("The list was refused") == 1

    operated.tick(oslo("2026-11-24", "11:01"))
    assert len(to_operators(sink)) == 6


def test_alerts_that_come_close_together_are_gathered_for_ten_minutes(
    operated: Story, sink: SmtpSink
) -> None:
    spoiled(operated)
    operated.tick(oslo("2026-11-23", "11:00"))
    operated.changes.unlink()
    operated.tick(oslo("2026-11-23", "11:02"))
    assert len(to_operators(sink)) == 4

    operated.tick(oslo("2026-11-23", "11:11"))
    assert len(to_operators(sink)) == 6
    assert "the list is missing" in to_operators(sink)[-1].text


def test_what_is_mended_is_told_anew_when_it_breaks_again(operated: Story, sink: SmtpSink) -> None:
    good = operated.changes.read_text(encoding="utf-8")
    for hour in (11, 12):
        spoiled(operated)
        operated.tick(oslo("2026-11-23", f"{hour}:00"))
        operated.changes.write_text(good, encoding="utf-8")
        operated.tick(oslo("2026-11-23", f"{hour}:20"))

    assert len(to_operators(sink)) == 6


def test_a_failed_message_is_told_once_and_is_over_after_a_month(operated: Story, sink: SmtpSink) -> None:
    sink.script.for_recipient("rcpt", KARI, say("550 5.1.1 no such user"))
    operated.joins(KARI, now=oslo("2026-11-23", "10:30"))
    operated.tick(oslo("2026-11-23", "11:00"))
    sink.script.reset()
    operated.daily("2026-11-24", "2026-11-27", at="11:05")

    about = [letter for letter in to_operators(sink) if "failed for good" in letter.text]
    assert len(about) == 2
    assert KARI not in about[0].text
    assert any(key.startswith("failed:") for key in operated.alerts())

    operated.tick(oslo("2026-12-24", "11:05"))
    assert not any(key.startswith("failed:") for key in operated.alerts())


@pytest.mark.parametrize("refusal", [500, 302, 307])
def test_a_webhook_gets_what_the_mail_says_and_its_address_stays_out_of_the_log(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, capsys: pytest.CaptureFixture[str], refusal: int
) -> None:
    with listening() as hook:
        story = story_of(tmp_path, sink, sqlite_url, OpsSettings(webhook=SecretStr(hook.url)))
        assert ["last checked" in post["text"] for post in hook.posts] == [True]

        hook.status = refusal
        spoiled(story)
        story.tick(oslo("2026-11-23", "11:00"))
        hook.status = 200
        story.tick(oslo("2026-11-23", "11:15"))
        story.tick(oslo("2026-11-23", "11:30"))

    assert ["The list was refused" in post["text"] for post in hook.posts] == [False, True, True]
    assert hook.gets == []
    assert "secret-room" not in capsys.readouterr().out


@pytest.mark.parametrize("room", ["secret-room", "secret room", "secret-røm"])
def test_a_webhook_that_is_none_keeps_no_alert_from_the_operators_mailbox(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, capsys: pytest.CaptureFixture[str], room: str
) -> None:
    speaks_no_http = SecretStr(f"http://127.0.0.1:{sink.port}/{room}")
    story_of(tmp_path, sink, sqlite_url, OpsSettings(recipients=(OPERATOR,), webhook=speaks_no_http))

    assert "last checked" in to_operators(sink)[-1].text
    said = capsys.readouterr()
    assert "webhook failed" in said.out
    assert "secret" not in said.out + said.err


def test_when_the_relay_is_down_the_log_and_the_webhook_still_say_so(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening() as hook:
        ops = OpsSettings(recipients=(OPERATOR,), webhook=SecretStr(hook.url))
        story = story_of(tmp_path, sink, sqlite_url, ops)
        sink.stop()
        story.every(5 * MINUTE, since=TUESDAY, until=TUESDAY + 20 * MINUTE)
        assert "Mail cannot leave" in hook.posts[-1]["text"]
        assert "Mail cannot leave" in capsys.readouterr().out

        sink.start()
        story.every(10 * MINUTE, since=TUESDAY + 30 * MINUTE, until=TUESDAY + 60 * MINUTE)

    assert "relay" not in story.alerts()
    assert [letter.to for letter in letters_at(sink.accepted)].count(KARI) == 2


def test_an_operator_who_cannot_be_reached_costs_the_relay_a_try_every_ten_minutes_at_most(
    operated: Story, sink: SmtpSink
) -> None:
    sink.script.always("mail", say("550 5.7.1 sender not allowed"))
    spoiled(operated)
    before = sink.connections
    operated.every(MINUTE, since=oslo("2026-11-23", "11:00"), until=oslo("2026-11-23", "11:29"))

    assert sink.connections - before == 3


def test_what_an_editor_should_see_to_is_repeated_weekly_and_goes_when_it_is_done(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    ops = OpsSettings(recipients=(OPERATOR,))
    people = a_crowd(0)
    story = eve_of_a_reminder(tmp_path, sink, STALE, people=people, url=sqlite_url)
    story = Story(tmp_path, changes=story.changes, url=sqlite_url, mail=story.mail, ops=ops)
    story.daily("2026-11-24", "2026-12-02", at="11:00")
    assert len(to_operators(sink)) == 2
    assert "old/end (2026-10-01) has passed" in to_operators(sink)[0].text

    ended = change("old", when("2026-10-01", more='status = "completed"'))
    write(story.changes, ended.replace("checked = 2026-04-20", "checked = 2026-11-20"), revision=2)
    story.tick(oslo("2026-12-03", "11:00"))
    assert story.alerts() == {}


def test_a_calendar_that_programs_would_drop_is_told_until_it_fits(
    operated: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_EVENTS", 0)
    operated.tick(TUESDAY)
    assert "beyond about 0 events" in operated.alerts()["large"]
    monkeypatch.undo()
    operated.tick(TUESDAY + MINUTE)
    assert "large" not in operated.alerts()
