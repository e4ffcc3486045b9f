"""Settings come from a file and the environment over it, and need neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifier.core.cadence import DEFAULT_CADENCE
from notifier.core.timing import Timing
from notifier.errors import ConfigurationError
from notifier.settings import find_file, load
from notifier.shipped import shipped

Write = Callable[[str], Path]


def test_without_any_setting_everything_lies_in_var_and_the_list_is_the_one_that_ships() -> None:
    settings = load()
    assert settings.database_url == "sqlite:///var/notifier.sqlite3"
    assert settings.mail_url == "maildir:var/mail"
    assert settings.mail_password is None
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.list_path == shipped("config", "breaking-changes.toml")
    assert settings.sender.startswith("varsel@")
    assert settings.timing == Timing(zone=ZoneInfo("Europe/Oslo"), cadence=DEFAULT_CADENCE)


def test_a_list_in_the_working_directory_goes_before_the_one_that_ships(tmp_path: Path) -> None:
    own = tmp_path / "config" / "breaking-changes.toml"
    own.parent.mkdir()
    own.write_text("revision = 1\n", encoding="utf-8")
    assert load().list_path.resolve() == own.resolve()


def test_the_file_is_the_one_asked_for_then_the_variables_then_the_working_directorys(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, named, here = write(""), tmp_path / "named.toml", tmp_path / "config" / "notifier.toml"
    here.parent.mkdir()
    here.touch()
    named.touch()
    assert find_file(None) == Path("config/notifier.toml")
    monkeypatch.setenv("NOTIFIER_CONFIG", str(named))
    assert find_file(None) == named
    assert find_file(asked) == asked


@pytest.mark.parametrize("by_variable", [False, True])
def test_a_file_that_was_asked_for_and_is_missing_is_an_error(
    by_variable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_variable:
        monkeypatch.setenv("NOTIFIER_CONFIG", "gone.toml")
    with pytest.raises(ConfigurationError, match=r"gone\.toml does not exist"):
        load(None if by_variable else Path("gone.toml"))


def test_a_file_that_is_no_toml_is_named_with_the_line(write: Write) -> None:
    with pytest.raises(ConfigurationError, match=r"settings\.toml: .*line 2"):
        load(write("[mail]\nurl = smtp\n"))


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "latin.toml"
    file.write_bytes('[publisher]\nname = "Helsevarsler på nett"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"latin\.toml"):
        load(file)


def test_every_table_can_be_set_in_the_file(write: Write) -> None:
    settings = load(
        write(
            'state_dir = "state"\n[list]\npath = "list.toml"\ntime_zone = "Europe/Stockholm"\n'
            '[reminders]\nat = "08:30"\nleads = ["7d", "2w"]\n'
            '[mail]\nfrom = "varsel@nhn.example"\nhours = "08:00-16:00"\nonly_to = ["nhn.example"]\n'
            '[web]\nbind = "[::]:80"\nbase_url = "https://varsel.nhn.example/"\n'
        )
    )
    assert settings.list_path == Path("list.toml")
    assert settings.database_url == "sqlite:///state/notifier.sqlite3"
    assert (settings.sender, settings.mail.only_to) == ("varsel@nhn.example", ("nhn.example",))
    assert (settings.timing.at, settings.timing.opens, settings.timing.closes) == (
        time(8, 30),
        time(8),
        time(16),
    )
    assert str(settings.timing.cadence) == "2w 7d"
    assert settings.timing.zone.key == "Europe/Stockholm"
    assert settings.base_url == "https://varsel.nhn.example"


def test_the_environment_goes_before_the_file_key_by_key(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write('[guard]\nmax_people = 3\n[mail]\nconnections = 2\nonly_to = ["a.example"]\n')
    monkeypatch.setenv("NOTIFIER_MAIL__CONNECTIONS", "9")
    monkeypatch.setenv("NOTIFIER_MAIL__FROM", "varsel@nhn.example")
    monkeypatch.setenv("NOTIFIER_STATE_DIR", "elsewhere")
    settings = load(file)
    assert (settings.mail.connections, settings.mail.only_to, settings.guard.max_people) == (
        9,
        ("a.example",),
        3,
    )
    assert settings.sender == "varsel@nhn.example"
    assert settings.state_dir == Path("elsewhere")


@pytest.mark.parametrize("written", ["a@b.no,c@d.no", "a@b.no c@d.no", "a@b.no, c@d.no"])
def test_several_values_in_one_variable_are_separated_by_commas_or_spaces(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_OPS__RECIPIENTS", written)
    monkeypatch.setenv("NOTIFIER_REMINDERS__LEADS", "30d,7d")
    settings = load()
    assert settings.ops.recipients == ("a@b.no", "c@d.no")
    assert str(settings.timing.cadence) == "30d 7d"


@pytest.mark.parametrize(
    "key",
    ["LIST__PATH", "MAIL__URL", "MAIL__PASSWORD_FILE", "WEB__BASE_URL", "DATABASE__URL", "OPS__WEBHOOK"],
)
def test_an_empty_variable_is_one_that_is_not_set(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load().model_dump()
    monkeypatch.setenv(f"NOTIFIER_{key}", "")
    assert load().model_dump() == expected


def test_what_kubernetes_says_of_a_service_named_notifier_is_no_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_8080_TCP", "PORT_8080_TCP_ADDR"):
        monkeypatch.setenv(f"NOTIFIER_{name}", "10.0.0.1")
    assert load().web.bind == "127.0.0.1:8080"
