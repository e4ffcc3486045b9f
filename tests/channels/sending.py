"""Sending Parcels through a Channel, as tests do it: in a loop of their own."""

from __future__ import annotations

import math
from pathlib import Path

import uvloop

from notifier.channels.channel import Channel, Parcel
from notifier.channels.choose import choose_channel
from notifier.channels.timeouts import Timeouts
from notifier.core.reply import NOT_TRANSMITTED, Verdict
from tests.peers.smtp_script import Act
from tests.peers.smtp_sink import SmtpSink

IMPATIENT = Timeouts(greeting=0.3, mail=0.3, rcpt=0.3, data=0.3, block=0.3, verdict=0.3, whole=2, goodbye=0.3)
PATIENT = Timeouts(greeting=20, mail=20, rcpt=20, data=20, block=20, verdict=20, whole=60)
KARI = Parcel(sender="varsel@nhn.example", recipient="kari@epj.example", data=b"Subject: Hei\r\n\r\nHei.\r\n")
OLA = Parcel(sender="varsel@nhn.example", recipient="ola@epj.example", data=b"Subject: Hei\r\n\r\nOla.\r\n")


def patience_with(act: Act) -> Timeouts:
    """Little, where the relay is going to keep us waiting."""
    return IMPATIENT if act.pause or act.drip else PATIENT


def channel_to(
    sink: SmtpSink,
    *,
    scheme: str = "smtp",
    user: str = "",
    password: str | None = None,
    timeouts: Timeouts = PATIENT,
    ca_file: Path | None = None,
) -> Channel:
    """The Channel whose relay is the sink."""
    login = f"{user}@" if user else ""
    return choose_channel(
        url=f"{scheme}://{login}{sink.address}",
        password=password,
        helo="node.example",
        timeouts=timeouts,
        ca_file=ca_file,
    )


def send(channel: Channel, *parcels: Parcel) -> list[Verdict]:
    """Send on one Line; answers the Verdicts of those whose turn came. Raises ChannelDownError when there is none."""
    return [verdict for verdict in send_all(channel, *parcels) if verdict is not NOT_TRANSMITTED]


def send_all(channel: Channel, *parcels: Parcel) -> list[Verdict]:
    """Send on one Line; answers the Verdict of each."""

    async def on_one_line() -> list[Verdict]:
        line = await channel.open()
        verdicts = [verdict async for verdict in line.send_all(parcels, latest=math.inf)]
        await line.close()
        return verdicts

    return uvloop.run(on_one_line())
