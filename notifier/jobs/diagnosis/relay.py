"""The way out: whether it opens, is encrypted and offers what we use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from notifier.channels.channel import Channel, ChannelDownError
from notifier.channels.smtp_line import SmtpLine
from notifier.core.reply import Fault
from notifier.jobs.diagnosis.finding import Finding, error, ok, warning
from notifier.settings import Settings
from notifier.settings.problems import LOOPBACK, parts_of

SECONDS = 20.0
# Our largest mails, with every part, stay well below.
ROOM_FOR_A_MAIL = 500_000

_ADVICE = {
    Fault.OURS: "check mail.url and the password, and ask those who run the relay",
    Fault.RELAY: "check mail.url, the network and the relay; mails wait meanwhile",
}


async def look_at_way_out(channel: Channel, settings: Settings) -> AsyncIterator[Finding]:
    """Open it, look at what it offers, and close it again; nothing is sent."""
    where = channel.describe()
    try:
        async with asyncio.timeout(SECONDS):
            line = await channel.open()
    except ChannelDownError as down:
        said = f"{where}: trouble at {down.verdict.phase}: {down.verdict.code or ''} {down.verdict.reply}"
        yield error("mail", " ".join(said.split()), _ADVICE.get(down.verdict.fault, _ADVICE[Fault.RELAY]))
        return
    except TimeoutError:
        yield error("mail", f"{where}: no answer within {SECONDS:.0f} seconds", _ADVICE[Fault.RELAY])
        return
    try:
        if isinstance(line, SmtpLine):
            for found in _offers(where, line, settings):
                yield found
        else:
            yield warning("mail", f"goes to {where}; nobody is mailed", "set mail.url when it is to be real")
    finally:
        await line.close()


def _offers(where: str, line: SmtpLine, settings: Settings) -> list[Finding]:
    url = parts_of(settings.mail_url)
    found = []
    if url.scheme == "smtp" and url.hostname not in LOOPBACK:
        advice = "use smtp+starttls:// or smtps:// unless the network between is trusted"
        found.append(warning("mail", f"{where} is reached without encryption", advice))
    limit = line.offers.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < ROOM_FOR_A_MAIL:
        advice = "ask those who run the relay to raise it"
        found.append(warning("mail", f"{where} takes mails of {int(limit):,} bytes at most", advice))
    if "pipelining" not in line.offers:
        advice = "nothing must be done; many mails take longer"
        found.append(warning("mail", f"{where} does not offer PIPELINING", advice))
    login = "with login" if url.username else "without login"
    return found or [
        ok("mail", f"{where} answers, {login}; it offers {', '.join(sorted(line.offers)) or 'nothing'}")
    ]
