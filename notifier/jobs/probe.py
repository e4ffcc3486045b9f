"""Probe: send one mail through the Channel, outside the Outbox, to hear what the server says.

Twice sends two: nothing is recorded, which is why only a person starts it.
"""

from __future__ import annotations

from notifier.channels.channel import Channel, ChannelDownError, Parcel
from notifier.core.reply import Verdict


async def probe(*, channel: Channel, parcel: Parcel) -> Verdict:
    """Send the parcel now; answers the server's Verdict, also when no connection could be had."""
    try:
        line = await channel.open()
    except ChannelDownError as down:
        return down.verdict
    try:
        return await line.send(parcel)
    finally:
        await line.close()
