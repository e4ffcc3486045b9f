"""Mail out through a relay: connecting, TLS, greeting and login by aiosmtplib, the rest by `smtp_line`."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import aiosmtplib

from notifier.channels.channel import ChannelDownError
from notifier.channels.replies import safe_words
from notifier.channels.smtp_line import SmtpLine
from notifier.channels.timeouts import Limits, Timeouts
from notifier.channels.wire import Wire
from notifier.core.reply import Fault, Phase, Verdict, fault_of


class Security(StrEnum):
    """How a connection is protected, by the URL's scheme."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Whom we are to the relay."""

    user: str = field(repr=False)
    password: str = field(repr=False)


class _NotOfferedError(Exception):
    """The relay does not offer what the settings require."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpChannel:
    """A relay. `context` must be given, and is insisted on, for every Security but NONE."""

    host: str
    port: int
    security: Security
    context: ssl.SSLContext | None
    login: Login | None
    helo: str
    timeouts: Timeouts
    limits: Limits

    def describe(self) -> str:
        """Where mail goes, as a URL without the user."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.security}://{host}:{self.port}"

    async def open(self) -> SmtpLine:
        """Connect, encrypt, greet and log in. Raises ChannelDownError with the step that failed."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self.helo,
            timeout=self.timeouts.greeting,
            use_tls=self.security is Security.TLS,
            start_tls=False,
            tls_context=self.context,
        )
        phase = Phase.CONNECT
        try:
            async with asyncio.timeout(self.timeouts.whole):
                await client.connect()
                phase = Phase.GREETING
                await client.ehlo()
                if self.security is Security.STARTTLS:
                    phase = Phase.TLS
                    await _encrypt(client)
                if self.login:
                    phase = Phase.AUTH
                    await _log_in(client, self.login)
            return self._taken_over(client)
        except (aiosmtplib.SMTPException, _NotOfferedError, OSError) as error:
            client.close()
            raise ChannelDownError(_verdict_of(error, phase)) from error
        except asyncio.CancelledError:
            client.close()
            raise

    def _taken_over(self, client: aiosmtplib.SMTP) -> SmtpLine:
        if client.transport is None or client.transport.is_closing():
            raise aiosmtplib.SMTPServerDisconnected("the connection was lost")
        offers = dict(client.esmtp_extensions)
        wire = Wire(cast("asyncio.Transport", client.transport))
        return SmtpLine(wire=wire, offers=offers, timeouts=self.timeouts, limits=self.limits)


async def _encrypt(client: aiosmtplib.SMTP) -> None:
    if not client.supports_extension("starttls"):
        raise _NotOfferedError("the relay does not offer STARTTLS, and nothing is sent unencrypted")
    await client.starttls()
    await client.ehlo()


async def _log_in(client: aiosmtplib.SMTP, login: Login) -> None:
    if not client.supported_auth_methods:
        raise _NotOfferedError("the relay offers no login that we know (AUTH PLAIN, LOGIN, CRAM-MD5)")
    await client.login(login.user, login.password)


def _verdict_of(error: Exception, phase: Phase) -> Verdict:
    """What kept a Line from being opened. The relay's words come first, then the causes beneath."""
    if isinstance(error, _NotOfferedError):
        return Verdict(fault=Fault.OURS, phase=phase, reply=str(error))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refusal(error, Phase.GREETING if phase is Phase.CONNECT else phase)
    root = error.__cause__ or error
    if isinstance(root, ssl.SSLError):
        return _tls_trouble(root)
    if phase is Phase.CONNECT and isinstance(root, aiosmtplib.SMTPException):
        phase = Phase.GREETING  # aiosmtplib's connect() also waits for the banner
    if isinstance(error, TimeoutError) or isinstance(root, TimeoutError):
        return Verdict(fault=Fault.RELAY, phase=phase, reply="no answer came in time")
    # uvloop has no words for an end during the handshake.
    why = safe_words(str(root)) if phase is Phase.CONNECT else ""
    words = f"no connection: {why}" if why else "the connection was lost"
    return Verdict(fault=Fault.RELAY, phase=phase, reply=words)


def _refusal(error: aiosmtplib.SMTPResponseException, phase: Phase) -> Verdict:
    if not 200 <= error.code < 600:
        return Verdict(fault=Fault.RELAY, phase=phase, reply="the answer was not SMTP")
    return Verdict(
        fault=fault_of(phase, error.code, error.message),
        phase=phase,
        code=error.code,
        reply=safe_words(error.message),
    )


def _tls_trouble(error: ssl.SSLError) -> Verdict:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"the relay's certificate is not valid: {error.verify_message}"
        return Verdict(fault=Fault.OURS, phase=Phase.TLS, reply=words)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Verdict(fault=Fault.RELAY, phase=Phase.TLS, reply="the connection was lost")
    words = f"no encrypted connection could be agreed on: {error.reason or 'unknown reason'}"
    return Verdict(fault=Fault.OURS, phase=Phase.TLS, reply=words)
