"""What the daemon tells its supervisor by systemd's notification protocol (sd_notify(3)): ready, alive, stopping.

Our own few lines, since the protocol is one datagram and the packages for it bring compiled code or rest since
years. Without `$NOTIFY_SOCKET` there is nobody to tell.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence

from notifier.daemon.loops import Loop
from notifier.logs import log

# A third of the unit's WatchdogSec or less, so that one late turn is no reason to be killed.
WATCH_SECONDS = 10.0

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"

_log = log("daemon")


def tell_supervisor(*words: str) -> None:
    """Send some assignments, such as `READY=1`. Trouble is logged: the supervisor then judges by its own limits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.settimeout(1)
            way.connect(name)
            way.sendall("\n".join(words).encode())
    except OSError as error:
        _log.warning("supervisor not reached", error=str(error))


async def watch(loops: Sequence[Loop], *, every: float = WATCH_SECONDS) -> None:
    """Show that the daemon lives as long as every loop moves, and notice one that does not, by the steady clock.

    This runs in the daemon's own event loop: where that hangs, nothing is shown either. The health page says
    the same.
    """
    told: set[str] = set()
    while True:
        stuck = {loop.name for loop in loops if loop.is_stuck}
        for name in stuck - told:
            _log.error("a loop does not move", job=name)
        told = stuck
        if stuck:
            tell_supervisor(f"STATUS=Does not move: {', '.join(sorted(stuck))}")
        else:
            tell_supervisor(ALIVE, f"STATUS={_standing(loops)}")
        await asyncio.sleep(every)


def _standing(loops: Sequence[Loop]) -> str:
    failing = [f"{loop.name}: {loop.trouble}" for loop in loops if loop.fails_since is not None]
    return f"Trouble: {'; '.join(failing)}" if failing else "Every loop moves"
