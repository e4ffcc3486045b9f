"""Caps in the database count as the pure function says, and leave no row when they refuse."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from notifier.core.caps import CAPS, CapScope, allows, cap_identity, network_of
from notifier.core.pseudonym import Pseudonyms
from notifier.store.caps import reached, spend
from notifier.store.engine import open_engine, reading, writing
from notifier.store.tables import caps

FIRST = date(2026, 5, 1)
PSEUDONYMS = Pseudonyms(("key",))
ADDRESSES = st.sampled_from(["kari@epj.example.no", "ola@epj.example.no"])


@pytest.fixture
def sqlite(sqlite_url: str) -> Engine:
    return open_engine(sqlite_url)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(st.tuples(st.integers(0, 40), ADDRESSES), max_size=15).map(sorted))
def test_addresses_are_counted_as_in_the_core(sqlite: Engine, requests: list[tuple[int, str]]) -> None:
    counted: dict[str, Counter[date]] = {}
    with writing(sqlite) as connection:
        connection.execute(delete(caps))
        for days, address in requests:
            today = FIRST + timedelta(days=days)
            theirs = counted.setdefault(address, Counter())
            expected = allows(CAPS[CapScope.ADDRESS], theirs, today)
            values = {CapScope.ADDRESS: address}
            assert (reached(connection, values, pseudonyms=PSEUDONYMS, today=today) is None) is expected
            assert (spend(connection, values, pseudonyms=PSEUDONYMS, today=today) is None) is expected
            theirs[today] += expected


def test_a_flood_on_one_victim_leaves_as_many_rows_as_one_request(database: Engine) -> None:
    values = {
        CapScope.OVERALL: "",
        CapScope.NETWORK: "192.0.2.1",
        CapScope.DOMAIN: "epj.example.no",
        CapScope.ADDRESS: "kari@epj.example.no",
    }
    with writing(database) as connection:
        allowed = [spend(connection, values, pseudonyms=PSEUDONYMS, today=FIRST) for _ in range(50)]
    with reading(database) as connection:
        rows = connection.execute(select(caps)).all()
    assert allowed == [None] + [CapScope.ADDRESS] * 49
    assert [row.count for row in rows] == [1, 1, 1, 1]
    assert "epj" not in str(rows)


@pytest.mark.parametrize("scope", [CapScope.NETWORK, CapScope.DOMAIN, CapScope.OVERALL])
def test_a_flood_on_ever_new_addresses_stops_at_each_cap(sqlite: Engine, scope: CapScope) -> None:
    limit = CAPS[scope].daily
    with writing(sqlite) as connection:
        allowed = sum(
            spend(
                connection,
                {scope: "the same", CapScope.ADDRESS: f"victim{number}@epj.example.no"},
                pseudonyms=PSEUDONYMS,
                today=FIRST,
            )
            is None
            for number in range(limit + 40)
        )
        rows = len(connection.execute(select(caps)).all())
    assert allowed == limit
    assert rows == limit + 1


@pytest.mark.parametrize(
    ("written", "identity"),
    [
        ("Kari@EPJ.Example.no", "kari@epj.example.no"),
        ("kari+nhn+x@epj.example.no", "kari@epj.example.no"),
        ("kari@BLÅBÆR.no", "kari@xn--blbr-roah.no"),
        ("k.ari@epj.example.no", "k.ari@epj.example.no"),
        ("+x@epj.example.no", "+x@epj.example.no"),
    ],
)
def test_case_idn_and_plus_tags_are_one_mailbox_and_nothing_else_is(written: str, identity: str) -> None:
    assert cap_identity(written) == identity


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unreadable"),
        ("another", "unreadable"),
        ("", ""),
    ],
)
def test_a_network_is_an_ipv4_address_or_a_64_of_ipv6(client: str, network: str) -> None:
    assert network_of(client) == network
