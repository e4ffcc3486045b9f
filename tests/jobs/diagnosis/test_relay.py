"""What is said of the way out, asked of a real relay; nothing is ever sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop

from notifier.channels.choose import choose_channel
from notifier.jobs.diagnosis.finding import Finding, Level
from notifier.jobs.diagnosis.relay import look_at_way_out
from notifier.settings import Settings
from notifier.settings.tables import MailSettings
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture
def relay() -> Iterator[SmtpSink]:
    """A relay with everything we use."""
    with SmtpSink() as sink:
        yield sink
        assert sink.accepted == ()


def looked(url: str) -> list[Finding]:
    settings = Settings(mail=MailSettings(url=url))
    channel = choose_channel(url=url, password="wrong", helo="localhost")

    async def all_of_it() -> list[Finding]:
        return [found async for found in look_at_way_out(channel, settings)]

    return uvloop.run(all_of_it())


def test_a_good_relay_is_fine_and_its_offers_are_named(relay: SmtpSink) -> None:
    (found,) = looked(relay.url)
    assert (found.level, "pipelining" in found.seen) == (Level.OK, True)


@pytest.mark.parametrize(
    ("offers", "said"), [(("8BITMIME",), "PIPELINING"), (("PIPELINING", "SIZE 1000"), "1,000 bytes")]
)
def test_what_it_lacks_is_warned_of(offers: tuple[str, ...], said: str) -> None:
    with SmtpSink(offers=offers) as sink:
        (found,) = looked(sink.url)
    assert (found.level, said in found.seen) == (Level.WARNING, True)


def test_one_that_refuses_the_login_is_an_error_without_the_user() -> None:
    with SmtpSink(logins={"kanari": "right"}) as sink:
        (found,) = looked(f"smtp://kanari@{sink.address}")
    assert (found.level, "auth" in found.seen, "kanari" in found.seen) == (Level.ERROR, True, False)


def test_one_that_does_not_encrypt_although_it_must_is_an_error(relay: SmtpSink) -> None:
    (found,) = looked(f"smtp+starttls://{relay.address}")
    assert (found.level, "STARTTLS" in found.seen) == (Level.ERROR, True)


def test_one_that_is_down_is_an_error(relay: SmtpSink) -> None:
    relay.stop()
    (found,) = looked(relay.url)
    assert (found.level, "connect" in found.seen) == (Level.ERROR, True)


def test_a_folder_is_warned_of_since_nobody_is_mailed(tmp_path: Path) -> None:
    (found,) = looked(f"maildir:{tmp_path / 'mail'}")
    assert (found.level, "nobody is mailed" in found.seen) == (Level.WARNING, True)
