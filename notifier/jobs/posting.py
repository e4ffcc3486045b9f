"""Posting something to an address elsewhere that the settings name. Such an address is a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECONDS: Final = 10
_NOTHING: Final[Mapping[str, str]] = {}


class NoHttpError(OSError):
    """What answers there does not speak HTTP, or it cannot be asked at an address of that form."""


def post(address: str, body: bytes = b"", *, headers: Mapping[str, str] = _NOTHING) -> None:
    """POST it, and wait for the answer for ten seconds.

    Raises OSError when it is not taken. Its text may hold the address, so only its type may be logged. An answer that
    it is found elsewhere is a refusal: what follows it would ask there without saying anything (RFC 9110 section
    15.4.3), a page to log in on answers that with 200, and the secret would go wherever it says.
    """
    # Few installations post anything, and the others need not keep what it takes in memory.
    import http.client
    import urllib.request

    request = urllib.request.Request(  # noqa: S310 -- the scheme is checked with the settings
        address, data=body, headers=dict(headers), method="POST"
    )
    # All that `urlopen` goes through, but for what follows redirects.
    opener = urllib.request.OpenerDirector()
    for each in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(each())
    try:
        with opener.open(request, timeout=SECONDS):
            pass
    except (http.client.HTTPException, ValueError):
        # Not told why: these quote the address, and would reach the log with any traceback.
        raise NoHttpError from None
