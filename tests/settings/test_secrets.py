"""Passwords reach the relay and the database, and nothing that prints settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import make_url

from notifier.errors import ConfigurationError
from notifier.settings import Settings, load
from notifier.settings.keys import signing_keys

SECRET = "kjempe-hemmelig"
PUBLISHER = '[publisher]\nname = "NHN"\ncontact = "varsel@nhn.example"\n'


def test_the_password_in_the_address_is_read_as_it_was_before_percent_encoding(
    write: Callable[[str], Path],
) -> None:
    settings = load(write(f'[mail]\nurl = "smtps://user:p%40ss%2Fw@relay.example"\n{PUBLISHER}'))
    assert settings.mail_password == "p@ss/w"


def test_the_password_file_goes_before_the_setting_and_the_setting_before_the_address(
    tmp_path: Path, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(f'[mail]\nurl = "smtps://user:in-url@relay.example"\n{PUBLISHER}')
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD", "in-setting")
    assert load(file).mail_password == "in-setting"
    secret = tmp_path / "secret"
    secret.write_text("in-file\n", encoding="utf-8")
    secret.chmod(0o600)
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD_FILE", str(secret))
    assert load(file).mail_password == "in-file"


@pytest.mark.parametrize("path", ["gone", "."])
def test_a_password_file_that_is_missing_or_a_folder_is_refused(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD_FILE", path)
    with pytest.raises(ConfigurationError, match=r"mail\.password_file: .*cannot be read"):
        load()


def test_no_secret_stands_in_what_the_settings_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFIER_MAIL__URL", f"smtps://user:{SECRET}@relay.example")
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD", SECRET)
    monkeypatch.setenv("NOTIFIER_DATABASE__URL", f"postgresql://notifier:{SECRET}@db.example/notifier")
    monkeypatch.setenv("NOTIFIER_OPS__WEBHOOK", f"https://chat.example/{SECRET}")
    monkeypatch.setenv("NOTIFIER_PUBLISHER__NAME", "NHN")
    monkeypatch.setenv("NOTIFIER_PUBLISHER__CONTACT", "varsel@nhn.example")
    settings = load()
    assert SECRET in settings.database_url
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MAIL__URL", f"smtp://user:{SECRET}@relay.example:port"),
        ("MAIL__URL", f"imap://user:{SECRET}@relay.example"),
        ("MAIL__URL", f"smtps://user:{SECRET}@relay.example\n"),
        ("OPS__WEBHOOK", f"ftp://{SECRET}"),
        ("DATABASE__URL__X", SECRET),
    ],
)
def test_no_secret_stands_in_what_is_said_about_a_wrong_one(
    key: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NOTIFIER_{key}", value)
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert SECRET not in str(refused.value)


IN_FILES: dict[str, Callable[[Settings], str | None]] = {
    "mail.password_file": lambda settings: settings.mail_password,
    "database.password_file": lambda settings: settings.database_url,
    "ops.webhook_file": lambda settings: settings.webhook,
    "ops.heartbeat_file": lambda settings: settings.heartbeat,
}


@pytest.mark.parametrize("key", IN_FILES)
def test_every_secret_is_read_from_a_file_that_not_everybody_may_read(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = f"https://watch.example/{SECRET}"
    file = tmp_path / "secret"
    file.write_text(f"{secret}\n", encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_PUBLISHER__NAME", "NHN")
    monkeypatch.setenv("NOTIFIER_PUBLISHER__CONTACT", "varsel@nhn.example")
    monkeypatch.setenv("NOTIFIER_MAIL__URL", "smtps://user@relay.example")
    monkeypatch.setenv("NOTIFIER_DATABASE__URL", "postgresql://user@db.example/notifier")
    monkeypatch.setenv(f"NOTIFIER_{key.replace('.', '__').upper()}", str(file))
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match=f"{key}: everybody may read .*chmod o="):
        load()
    file.chmod(0o440)
    assert secret in unquote(IN_FILES[key](load()) or "")
    assert SECRET not in repr(load())
    file.unlink()
    file.touch(mode=0o600)
    with pytest.raises(ConfigurationError, match=f"{key}: .* is empty"):
        load()
    file.write_bytes(b"caf\xe9\n")
    with pytest.raises(ConfigurationError, match=f"{key}: .* is no text in UTF-8"):
        load()


def test_the_databases_password_file_needs_a_user_to_go_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.touch(mode=0o600)
    file.write_text("p@ss/w:rd", encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_DATABASE__PASSWORD_FILE", str(file))
    with pytest.raises(ConfigurationError, match=r"database\.password_file: needs database\.url"):
        load()
    monkeypatch.setenv(
        "NOTIFIER_DATABASE__URL", "postgresql://notifier@db.example:5433/notifier?sslmode=require"
    )
    assert make_url(load().database_url).password == "p@ss/w:rd"
    assert make_url(load().database_url).port == 5433


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'[mail]\nurl = "smtps://user:{SECRET}@relay.example"\n{PUBLISHER}', "mail.url"),
        (f'[mail]\npassword = "{SECRET}"', "mail.password"),
        (f'[database]\nurl = "postgresql://user:{SECRET}@db/notifier"', "database.url"),
        (f'[ops]\nwebhook = "https://chat.example/{SECRET}"', "ops.webhook"),
        (f'[ops]\nheartbeat = "https://hc.example/{SECRET}"', "ops.heartbeat"),
    ],
)
def test_a_settings_file_with_a_secret_in_it_that_everybody_may_read_is_refused(
    text: str, key: str, write: Callable[[str], Path]
) -> None:
    file = write(text)
    file.chmod(0o604)
    with pytest.raises(ConfigurationError) as refused:
        load(file)
    (problem,) = refused.value.problems
    assert problem.startswith(f"{key}: everybody may read {file}; run: chmod o=")
    assert SECRET not in problem
    file.chmod(0o640)
    assert isinstance(load(file), Settings)


def test_a_settings_file_without_secrets_may_be_read_by_everybody(write: Callable[[str], Path]) -> None:
    file = write('[database]\nurl = "postgresql://notifier@db/notifier"\n')
    file.chmod(0o644)
    assert isinstance(load(file), Settings)


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        ("", 0o600, "holds no key"),
        ("changeme\n", 0o600, "could be forged"),
        (f"{'k' * 43}\nchangeme\n", 0o600, "could be forged"),
        (f"{'k' * 43}\n", 0o640, "others may read it; run: chmod 600"),
        (f"{'k' * 42}ø\n", 0o600, "something else than keys"),
    ],
)
def test_signing_keys_that_are_none_are_refused(content: str, mode: int, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "signing.keys"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match=reason) as refused:
        signing_keys(tmp_path)
    assert "changeme" not in str(refused.value)
