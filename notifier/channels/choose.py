"""Choosing the Channel that a URL names."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from notifier.channels.channel import Channel
from notifier.channels.maildir import MaildirChannel
from notifier.channels.smtp import Login, Security, SmtpChannel
from notifier.channels.timeouts import Limits, Timeouts
from notifier.errors import ConfigurationError

_DEFAULT_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
_HOST_NAME = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_FORMS = "mail.url: write maildir:PATH, smtp://host:25, smtp+starttls://host:587 or smtps://host:465"


def choose_channel(
    *,
    url: str,
    password: str | None,
    helo: str,
    timeouts: Timeouts | None = None,
    limits: Limits | None = None,
    ca_file: Path | None = None,
) -> Channel:
    """The Channel for `maildir:PATH`, `smtp://[user@]host[:port]`, `smtp+starttls://…` or `smtps://…`.

    The last two require TLS with a valid certificate (checked against `ca_file`, else the system's
    authorities) and never fall back. `helo` is this host's name as told to the relay.
    Raises ConfigurationError when the URL names no Channel.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "maildir" and rest.removeprefix("//"):
        return MaildirChannel(folder=Path(rest.removeprefix("//")))
    host, port, user = _place(url)
    if scheme not in set(Security) or not host:
        raise ConfigurationError([_FORMS])
    security = Security(scheme)
    return SmtpChannel(
        host=host,
        port=port or _DEFAULT_PORTS[security],
        security=security,
        context=None if security is Security.NONE else _context(ca_file),
        login=Login(user=user, password=password or "") if user else None,
        helo=helo if _HOST_NAME.fullmatch(helo) else "[127.0.0.1]",
        timeouts=timeouts or Timeouts(),
        limits=limits or Limits(),
    )


def _place(url: str) -> tuple[str, int | None, str]:
    """Host, port and user."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = host.encode("idna")  # as looking it up will
        return host, parts.port, unquote(parts.username or "")
    except ValueError as error:
        raise ConfigurationError([f"{_FORMS}: {error}"]) from None


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigurationError([f"{ca_file}: not a file of certificate authorities: {error}"]) from error
