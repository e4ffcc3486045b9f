"""Who asks, and what they filled in: the visitor's address behind proxies, where a POST came from, the form."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from notifier.web.site import Site

_MOST_FIELDS = 400


def client_of(request: Request, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The visitor's IP address: the connection's, or what trusted proxies forwarded (X-Forwarded-For).

    Each proxy adds the address it was asked from at the right, so the rightmost one that is no trusted proxy's
    counts; what stands left of it anybody can write. Some add its port (RFC 7239 section 6), which is left out.
    “unknown” where nothing is said, so that every visitor counts by some name.
    """
    here = request.client.host if request.client else ""
    forwarded = [
        part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")
    ]
    while forwarded and _is_within(here, trusted):
        here = _without_port(forwarded.pop())
    return here or "unknown"


def _without_port(written: str) -> str:
    """The address in “9.9.9.9:1000”, “[2001:db8::1]:1000” and “[2001:db8::1]”; other texts as they are."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    return written.partition(":")[0] if written.count(":") == 1 else written


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(read, "ipv4_mapped", None) or read
    return any(mapped in network for network in networks)


async def posted(site: Site, request: Request) -> dict[str, list[str]]:
    """The fields of a form that our own page sent.

    Raises HTTPException 403 when another site's page sent it. Browsers say so in Sec-Fetch-Site; the Origin of
    a page without referrers is “null”, so only another site's name in it is a sign.
    """
    fetched = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    ours = urlsplit(site.links.base_url)
    foreign = fetched in ("cross-site", "same-site")
    if fetched is None and origin != "null":
        foreign = origin.casefold() != f"{ours.scheme}://{ours.netloc}".casefold()
    if foreign:
        raise HTTPException(status_code=403)
    body = await request.body()
    try:
        return parse_qs(body.decode(), max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError:
        raise HTTPException(status_code=400) from None


def first(fields: dict[str, list[str]], name: str) -> str:
    """The first value of a field, "" when it was not sent."""
    return fields.get(name, [""])[0].strip()
