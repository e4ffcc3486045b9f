"""What machines look for on every site: robots.txt (RFC 9309) and security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

# Nothing is closed: calendars are fetched by robots, and private pages say noindex themselves, which a robot
# that may not read them would never learn.
ROBOTS = b"User-agent: *\nDisallow:\n"


def security(*, contact: str, base_url: str, today: date) -> bytes | None:
    """Whom to tell of a weakness; None while there is no mail or web address to name.

    It expires on the first of a month, ten to eleven months on: less than a year (RFC 9116, 2.5.5), and the same
    bytes for a month.
    """
    if contact.startswith("https://"):
        uri = contact
    elif "@" in contact:
        uri = f"mailto:{quote(contact, safe='@+')}"
    else:
        return None
    month = today.month - 1 + 11
    expires = date(today.year + month // 12, month % 12 + 1, 1)
    lines = [
        f"Contact: {uri}",
        f"Expires: {expires}T00:00:00Z",
        "Preferred-Languages: nb, nn, en",
        f"Canonical: {base_url}/.well-known/security.txt",
    ]
    return "".join(f"{line}\n" for line in lines).encode()
