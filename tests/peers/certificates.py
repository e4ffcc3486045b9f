"""Certificates made on the spot: an authority, and servers that are valid, expired or of another name."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import trustme


class Authority:
    """A certificate authority of our own."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def write_to(self, folder: Path) -> Path:
        """Its certificate as a file that clients can be told to trust."""
        file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(str(file))
        return file

    def server_context(self, *, name: str = "127.0.0.1", not_after: datetime | None = None) -> ssl.SSLContext:
        """What a server needs to prove that it is `name`, until `not_after`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(
            name, not_before=datetime(2000, 1, 1, tzinfo=UTC), not_after=not_after
        ).configure_cert(context)
        return context
