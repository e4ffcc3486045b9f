"""Where a visitor comes from: what proxies of ours forward, and nothing that anybody can write."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from notifier.web.visitor import client_of

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))


def a_request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return Request({"type": "http", "client": (peer, 1234), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.9", (), "192.0.2.9"),
        ("192.0.2.9", ("203.0.113.1",), "192.0.2.9"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("1.1.1.1, 203.0.113.1, 10.0.0.2",), "203.0.113.1"),
        ("10.0.0.1", ("1.1.1.1", "203.0.113.1"), "203.0.113.1"),
        ("::ffff:10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("2001:db8::1", ("2001:db9::7",), "2001:db9::7"),
        ("10.0.0.1", ("nonsense",), "nonsense"),
        ("10.0.0.1", ("203.0.113.1, ",), "unknown"),
        ("", (), "unknown"),
        ("10.0.0.1", ("203.0.113.1:1000",), "203.0.113.1"),
        ("10.0.0.1", ("1.1.1.1, 203.0.113.1:1000, 10.0.0.2:80",), "203.0.113.1"),
        ("10.0.0.1", ("[2001:db9::7]:1000",), "2001:db9::7"),
        ("10.0.0.1", ("[2001:db9::7]",), "2001:db9::7"),
    ],
)
def test_the_rightmost_address_that_is_no_trusted_proxy_counts(
    peer: str, forwarded: tuple[str, ...], client: str
) -> None:
    assert client_of(a_request(peer, *forwarded), TRUSTED) == client


def test_without_trusted_proxies_nothing_forwarded_counts() -> None:
    assert client_of(a_request("10.0.0.1", "203.0.113.1"), ()) == "10.0.0.1"
