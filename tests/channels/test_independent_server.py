"""The same Channel against a server that others wrote: aiosmtpd."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifier.channels.channel import Channel
from notifier.channels.choose import choose_channel
from notifier.core.reply import Fault
from tests.channels.sending import KARI, OLA, send


class Postbox:
    """Keeps what comes, and refuses Ola."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == OLA.recipient:
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 ok"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def channel(postbox: Postbox) -> Iterator[Channel]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    yield choose_channel(url=f"smtp://127.0.0.1:{port}", password=None, helo="node.example")
    controller.stop()


def test_mails_arrive_byte_for_byte_around_a_refused_one(channel: Channel, postbox: Postbox) -> None:
    dotted = replace(KARI, data=b"Subject: Prikker\r\n\r\n.\r\n..\r\n.x\r\n")

    verdicts = send(channel, KARI, OLA, dotted)

    assert [verdict.fault for verdict in verdicts] == [Fault.NONE, Fault.ADDRESS, Fault.NONE]
    assert postbox.mails == [([KARI.recipient], KARI.data), ([KARI.recipient], dotted.data)]


def test_an_address_beyond_ascii_reaches_a_server_that_knows_smtputf8(
    channel: Channel, postbox: Postbox
) -> None:
    (verdict,) = send(channel, replace(KARI, recipient="kåre@epj.example"))

    assert verdict.is_sent
    assert postbox.mails[0][0] == ["kåre@epj.example"]
