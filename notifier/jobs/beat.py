"""Beat: tell a watcher elsewhere that all is well. Twice is harmless; what rings is that nothing comes any more."""

from __future__ import annotations

import urllib.request

from notifier.logs import log

SECONDS = 10

_log = log("heartbeat")


def beat(address: str) -> bool:
    """POST nothing to the address; answers whether it was taken. The address is a secret and is never logged."""
    request = urllib.request.Request(address, data=b"", method="POST")  # noqa: S310 -- checked with the settings
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return True
    except OSError as error:
        _log.warning("heartbeat failed", error=type(error).__name__)
        return False
