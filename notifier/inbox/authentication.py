"""What the mail server in front found out about a mail's author (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterable

RESULTS = "authentication-results"
_COMMENT = re.compile(r"\([^()]*\)")
_FAILED = re.compile(r"\s*dmarc(?:\s*/\s*\d+)?\s*=\s*fail\b")


def fails_dmarc(results: Iterable[str], *, server: str) -> bool:
    """Whether a header of this server's (its authserv-id, "" for none) says that DMARC failed.

    Whoever forges such a header casts doubt on nobody's mail but their own.
    """
    return bool(server) and any(_says_so(result.casefold(), server.casefold()) for result in results)


def _says_so(result: str, server: str) -> bool:
    name, *methods = _COMMENT.sub(" ", result).split(";")
    return name.split()[:1] == [server] and any(_FAILED.match(method) for method in methods)
