"""Beat: tell a watcher elsewhere that all is well. Twice is harmless; what rings is that nothing comes any more."""

from __future__ import annotations

from notifier.jobs.posting import post
from notifier.logs import log

_log = log("heartbeat")


def beat(address: str) -> bool:
    """POST nothing to the address; answers whether it was taken. The address is a secret and is never logged."""
    try:
        post(address)
    except OSError as error:
        _log.warning("heartbeat failed", error=type(error).__name__)
        return False
    return True
