"""Whether whoever asks sits at this machine as the one who runs the notifier, and no proxy asks for others.

Every sign that a proxy leaves can be missing, so where Linux tells whose process holds the other end of the
connection, that counts as well: a proxy runs as another user. It also keeps a trial's mails from other people
with a login, who may not read the files either.
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from pathlib import Path

from starlette.requests import Request

_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
# The superuser reads every file anyway; it also carries connections for Windows' subsystem for Linux.
_SUPERUSER = 0


def is_own(request: Request) -> bool:
    """Whether a request comes straight from a program of the same user on this machine."""
    client, server = request.scope.get("client"), request.scope.get("server")
    if not client or not server or client[0] not in _LOCAL_HOSTS:
        return False
    # A name that leads here may be another site's. Browsers never speak HTTP/1.0, which some proxies do.
    if _host(request) not in _LOCAL_HOSTS or request.scope.get("http_version") == "1.0":
        return False
    if any(name in request.headers for name in _FORWARDING):
        return False
    return holder_of(end=(client[0], client[1]), other=(server[0], server[1])) in (
        None,
        _SUPERUSER,
        os.getuid(),
    )


def holder_of(*, end: tuple[str, int], other: tuple[str, int]) -> int | None:
    """The user id of the process that holds one `end` of a TCP connection on this machine, None where unknown.

    Read from /proc/net/tcp, which has one line for each end: its own address first, then the other's (proc(5)).
    """
    table = Path("/proc/net/tcp6" if ":" in end[0] else "/proc/net/tcp")
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return None
    wanted = [_written(*end), _written(*other)]
    return next((int(fields[7]) for fields in map(str.split, lines) if fields[1:3] == wanted), None)


def _written(host: str, port: int) -> str:
    """An address as /proc/net/tcp writes it: each 32 bits in the machine's own order, then the port."""
    packed = ip_address(host).packed
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    ordered = b"".join(word if sys.byteorder == "big" else word[::-1] for word in words)
    return f"{ordered.hex().upper()}:{port:04X}"


def _host(request: Request) -> str:
    """The name that was asked for, without its port."""
    written = request.headers.get("host", "")
    return written[1:].partition("]")[0] if written.startswith("[") else written.partition(":")[0]
