"""The URL names the Channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.channels.channel import Channel
from notifier.channels.choose import choose_channel
from notifier.errors import ConfigurationError


def choose(url: str, *, helo: str = "node.example", ca_file: Path | None = None) -> Channel:
    return choose_channel(url=url, password="hemmelig", helo=helo, ca_file=ca_file)


@pytest.mark.parametrize(
    ("url", "description"),
    [
        ("maildir:var/mail", "maildir:var/mail"),
        ("maildir:/var/mail #1", "maildir:/var/mail #1"),
        ("maildir:///var/mail", "maildir:/var/mail"),
        ("smtp://relay.example", "smtp://relay.example:25"),
        ("smtp+starttls://kari:hemmelig@relay.example", "smtp+starttls://relay.example:587"),
        ("smtps://kari@relay.example", "smtps://relay.example:465"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525"),
    ],
)
def test_a_channel_says_where_mail_goes(url: str, description: str) -> None:
    assert choose(url).describe() == description


@pytest.mark.parametrize(
    "url",
    [
        "",
        "relay.example",
        "http://relay.example",
        "smtp:",
        "smtp://",
        "smtp://h:99999",
        "smtp://[::1",
        "smtp://relay..example",
        "maildir:",
    ],
)
def test_a_url_that_names_no_channel_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"mail\.url: write maildir:PATH, smtp://host:25"):
        choose(url)


def test_a_file_of_authorities_that_holds_none_is_refused_by_name(tmp_path: Path) -> None:
    empty = tmp_path / "authority.pem"
    empty.touch()

    with pytest.raises(ConfigurationError, match=r"authority\.pem"):
        choose("smtps://relay.example", ca_file=empty)


@pytest.mark.parametrize("helo", ["", "vert på nett", "node\r\nQUIT"])
def test_a_host_name_that_no_relay_would_take_is_replaced(helo: str) -> None:
    assert choose("smtp://relay.example", helo=helo).helo == "[127.0.0.1]"  # type: ignore[attr-defined]
