"""Passwords reach the relay and the database, and nothing that prints settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.errors import ConfigurationError
from notifier.settings import load

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


def test_a_password_file_that_everybody_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text("secret", encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_MAIL__PASSWORD_FILE", str(file))
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="everybody may read"):
        load()
    file.chmod(0o440)
    assert load().mail_password == "secret"
