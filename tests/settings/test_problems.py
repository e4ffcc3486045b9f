"""Everything wrong with the settings is said at once: the key, the reason, and where it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.errors import ConfigurationError
from notifier.settings import load

Write = Callable[[str], Path]


def _problems(file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    return refused.value.problems


def test_every_problem_of_the_file_and_the_environment_is_told_in_one_go(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(
        'colour = "red"\n[list]\ntime_zone = "Europe/Olso"\n[reminders]\nleads = ["7 days"]\nat = 8\n'
        '[mail]\nurl = "smtp://relay.example"\nconnections = 0\nsmtp = true\n[web]\nbind = "8080"\n'
    )
    monkeypatch.setenv("NOTIFIER_GUARD__MAX_PEOPLE", "many")
    monkeypatch.setenv("NOTIFIER_MAIL_URL", "smtp://relay.example")
    monkeypatch.setenv("NOTIFIER_OPS__RECIPIENTS", "drift")
    told = {problem.partition(":")[0]: problem for problem in _problems(file)}
    assert set(told) == {
        "colour", "list.time_zone", "reminders.leads", "reminders.at", "mail.connections", "mail.smtp",
        "web.bind", "guard.max_people", "ops.recipients", "publisher.name", "publisher.contact",
        "NOTIFIER_MAIL_URL",
    }  # fmt: skip
    assert told["web.bind"].endswith(f"(in {file})")
    assert told["guard.max_people"].endswith("(from NOTIFIER_GUARD__MAX_PEOPLE)")


def test_an_unknown_setting_points_to_the_file_that_explains_them_all(write: Write) -> None:
    assert "no such setting; see config/notifier.toml" in _problems(write("[mail]\nurll = 'x'\n"))[0]


@pytest.mark.parametrize("name", ["Mail", "MAIL", "post"])
def test_a_table_by_another_name_is_told_of_beside_all_else(name: str, write: Write) -> None:
    told = _problems(write(f"[{name}]\nURL = 'x'\nhours = 3\n[guard]\nmax_people = -1\n"))
    assert [problem.partition(" (")[0] for problem in told] == [
        f"{name}: there is no such setting; see config/notifier.toml for every option",
        "guard.max_people: write a number that is at least 0",
    ]


def test_a_misspelt_table_in_a_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFIER_EMAIL__URL", "smtp://relay.example")
    assert "NOTIFIER_EMAIL__URL: there is no such setting" in _problems()[0]


def test_a_misspelt_key_in_a_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFIER_MAIL__URI", "smtp://relay.example")
    assert _problems()[0].startswith("mail.uri: there is no such setting")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("REMINDERS__AT", "8.30", "write it as 08:00"),
        ("REMINDERS__AT", "08:00+02:00", "write it as 08:00"),
        ("REMINDERS__AT", "06:59", "is outside mail.hours (07:00-18:00)"),
        ("REMINDERS__AT", "18:00", "choose an hour within them"),
        ("REMINDERS__LEADS", "30d,monthly", "write days as 14d"),
        ("REMINDERS__LEADS", ",", "at least one lead time"),
        ("MAIL__HOURS", "18:00-07:00", "ends before it begins"),
        ("MAIL__HOURS", "all day", "write them as 07:00-18:00"),
        ("MAIL__URL", "relay.example:25", "begin it with one of smtp:"),
        ("MAIL__URL", "maildir:", "names no folder"),
        ("MAIL__URL", "smtp://:25", "names no host"),
        ("MAIL__URL", "smtp://relay.example:99999", "names no host, or a port"),
        ("MAIL__URL", "smtp://[relay", "names no host"),
        ("MAIL__URL", "smtp://relay..example:25", "names no host"),
        ("MAIL__URL", "smtp://user@relay.example", "login over an unencrypted connection"),
        ("MAIL__FROM", "varsel", "not an e-mail address"),
        ("MAIL__FROM", "a@b.no\r\nBcc: c@d.no", "control characters"),
        ("MAIL__ONLY_TO", "nhn.example,@@", "is not a mail domain"),
        ("MAIL__ONLY_TO", "exampleno", "is not a mail domain"),
        ("MAIL__ONLY_TO", "me@exampleno", "not an e-mail address"),
        ("WEB__BIND", "8080", "an address and a port"),
        ("WEB__BIND", "::1:8080", "an address and a port"),
        ("WEB__BIND", "127.0.0.1:²", "an address and a port"),
        ("WEB__BIND", "127.0.0.1:65536", "an address and a port"),
        ("WEB__BASE_URL", "varsel.example.no", "the page's full address"),
        ("WEB__BASE_URL", "https://[varsel", "the page's full address"),
        ("WEB__BASE_URL", "https://varsel.example.no/?a=b", "the page's full address"),
        ("WEB__BASE_URL", "https://varsel.example.no ", "the page's full address"),
        ("PUBLISHER__PRIVACY_URL", "javascript:alert(1)", "not the address of a page"),
        ("PUBLISHER__ACCESSIBILITY_URL", "https://uu.example/\n1", "control characters"),
        ("OPS__RECIPIENTS", "drift@nhn.no,vakt", "“vakt” is not an e-mail address"),
        ("OPS__WEBHOOK", "chat.example", "beginning with https://"),
        ("OPS__WEBHOOK", "http://chat.example/hook", "beginning with https://"),
        ("OPS__WEBHOOK", "https://chat.example/my hook", "written %20"),
        ("OPS__HEARTBEAT", "https://chat.example/hjerteslåg", "%C3%B8"),
        ("GUARD__MAX_PEOPLE", "-1", "write a number that is at least 0"),
        ("LOG__LEVEL", "loud", "write one of debug, info, warning, error"),
        ("BOUNCES__LIMIT", "six", "write a whole number"),
        ("LIST__TIME_ZONE", "", "not known here"),
        ("MAIL", "smtp://relay.example", "this is a table"),
    ],
)
def test_a_wrong_value_is_told_by_its_key(
    key: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NOTIFIER_{key}", value)
    told = [problem for problem in _problems() if problem.startswith(f"{key.replace('__', '.').lower()}:")]
    assert len(told) == 1
    assert reason in told[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("REMINDERS__AT", "07:00"),
        ("REMINDERS__AT", "17:59"),
        ("MAIL__ONLY_TO", "me@example.no,example.org,@example.com,blåbær.no"),
        ("OPS__WEBHOOK", "https://chat.example/hook"),
        ("OPS__WEBHOOK", "http://127.0.0.1:9093/hook"),
        ("OPS__WEBHOOK", "http://[::1]:9093/hook"),
    ],
)
def test_a_value_at_the_edge_of_what_is_allowed_is_fine(
    key: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NOTIFIER_{key}", value)
    load()


def test_mail_to_a_relay_needs_a_publisher_with_a_name(write: Write) -> None:
    told = _problems(write('[mail]\nurl = "smtp://127.0.0.1:2525"\n[publisher]\nname = " "\n'))
    assert [problem.partition(":")[0] for problem in told] == ["publisher.name", "publisher.contact"]


def test_a_plain_local_relay_with_a_publisher_is_fine(write: Write) -> None:
    file = write(
        '[mail]\nurl = "smtp://user@127.0.0.1:2525"\n[publisher]\nname = "NHN"\ncontact = "v@nhn.example"\n'
    )
    assert load(file).sender == "varsel@nhn.example"


def test_a_machine_without_time_zones_is_told_which_package_is_missing() -> None:
    without_tzdata = "import sys; sys.modules['tzdata'] = None; from notifier.settings import load; load()"
    started = subprocess.run(
        [sys.executable, "-c", without_tzdata],
        env=os.environ | {"PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "list.time_zone: “Europe/Oslo” is not known here" in started.stderr
    assert "make sure that the tzdata package is installed" in started.stderr


INBOX = "[publisher]\ncontact = 'post@example.no'\n[inbox]\nbind = '127.0.0.1:8024'\naddress = 'varsel@example.no'\n"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("127.0.0.1:8024", "0.0.0.0:8024", "inbox.bind: write a place on this machine"),
        ("127.0.0.1:8024", "[::]:8024", "inbox.bind: write a place on this machine"),
        ("127.0.0.1:8024", "inbox.sock", "inbox.bind: write a place on this machine"),
        ("varsel@example.no", "varsel", "inbox.address: “varsel” is not an e-mail address"),
        ("varsel@", f"{'v' * 40}@", "inbox.address: before the @ at most 31 characters"),
        ("post@", "varsel@", "publisher.contact: letters to people are sent on to it"),
        ("post@", "Varsel+post@", "publisher.contact: letters to people are sent on to it"),
        ("bind = '127.0.0.1:8024'", "", "inbox.address: has no effect without inbox.bind"),
    ],
)
def test_an_inbox_that_anybody_reaches_or_that_writes_to_itself_is_refused(
    write: Write, old: str, new: str, reason: str
) -> None:
    assert [problem for problem in _problems(write(INBOX.replace(old, new))) if problem.startswith(reason)]


@pytest.mark.parametrize(
    "bind", ["127.0.0.1:8024", "[::1]:8024", "localhost:8024", "/run/notifier/inbox.sock"]
)
def test_an_inbox_on_this_machine_is_fine(write: Write, bind: str) -> None:
    settings = load(write(INBOX.replace("127.0.0.1:8024", bind)))
    assert settings.inbox_address == "varsel@example.no"
