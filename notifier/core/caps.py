"""Caps: how many Letters strangers can cause, for one address, from one network, to one domain and in all.

Leaving by mail is counted as well, but never refused: beyond its Cap, operators are told.

Responses to mails have a Cap of their own for each address, whoever it is: the name in a mail may be forged.

Counted by the day (UTC). What is counted is known by a keyed hash alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import IPv6Network, ip_address, ip_network

from notifier.core.address import identity_of

KEEP_DAYS = 31


class CapScope(StrEnum):
    """What a Cap counts by; `response` is an address too, for what answers its mails, and so is `doubted`, for
    asking whether it meant to leave. `leaving` is all who leave by mail."""

    ADDRESS = "address"
    RESPONSE = "response"
    NETWORK = "network"
    DOMAIN = "domain"
    OVERALL = "overall"
    DOUBTED = "doubted"
    LEAVING = "leaving"


class Entrance(StrEnum):
    """Where strangers come in: the form, a mail that asks to subscribe, a mail that asks for help.

    What is shared by all who come in at one is counted apart from the others, so that a flood at one does not
    shut them.
    """

    PAGE = "page"
    MAIL = "mail"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `daily` on one day, and at most `monthly` (None: any number) on that day and the 29 before."""

    daily: int
    monthly: int | None = None


CAPS = {
    CapScope.OVERALL: Cap(daily=500),
    CapScope.NETWORK: Cap(daily=30),
    CapScope.DOMAIN: Cap(daily=100),
    CapScope.ADDRESS: Cap(daily=1, monthly=3),
    CapScope.RESPONSE: Cap(daily=2, monthly=6),
    CapScope.DOUBTED: Cap(daily=2, monthly=6),
    CapScope.LEAVING: Cap(daily=10),
}
# These refuse many at once, so operators are told when they do.
SHARED = frozenset({CapScope.OVERALL, CapScope.DOMAIN})
MONTH = timedelta(days=29)
UNREADABLE = "unreadable"


def allows(cap: Cap, counted: Mapping[date, int], today: date) -> bool:
    """Whether one more is allowed `today`, when so many were counted on each day."""
    month = sum(count for day, count in counted.items() if today - MONTH <= day <= today)
    return counted.get(today, 0) < cap.daily and (cap.monthly is None or month < cap.monthly)


def cap_identity(address: str) -> str:
    """What makes two addresses one mailbox for caps: case and a plus-tag apart (`Ola+nhn@EPJ.no`).

    Never for delivery, where a plus-tag may matter. Raises ValueError when it is no address.
    """
    local, _, domain = identity_of(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def shared_by(address: str, entrance: Entrance) -> dict[CapScope, str]:
    """What a Letter to the address is counted by together with Letters to others.

    Raises ValueError when it is no address.
    """
    domain = cap_identity(address).rpartition("@")[2]
    return {CapScope.OVERALL: entrance.value, CapScope.DOMAIN: f"{entrance} {domain}"}


def network_of(client: str) -> str:
    """The network that a visitor comes from: the IPv4 address itself, the /64 of IPv6; "" for no client.

    Whatever cannot be read as an address is one network together, so that nobody escapes by being unreadable.
    """
    if not client:
        return ""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return UNREADABLE
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped:
        return str(mapped or address)
    network = ip_network((int(address) >> 64 << 64, 64))
    return str(network) if isinstance(network, IPv6Network) else ""
