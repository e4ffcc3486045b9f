"""Posting something to an address elsewhere that the settings name. Such an address is a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECONDS: Final = 10
_NOTHING: Final[Mapping[str, str]] = {}


def post(address: str, body: bytes = b"", *, headers: Mapping[str, str] = _NOTHING) -> None:
    """POST it, and wait for the answer for ten seconds.

    Raises OSError when it is not taken. Its text may hold the address, so only its type may be logged.
    """
    # Few installations post anything, and the others need not keep what it takes in memory.
    import urllib.request

    request = urllib.request.Request(  # noqa: S310 -- the scheme is checked with the settings
        address, data=body, headers=dict(headers), method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
        pass
