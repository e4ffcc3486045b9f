"""Nodes that sign with different keys say so."""

from __future__ import annotations

from sqlalchemy import Engine

from notifier.daemon.agreeing import agree_on_keys
from notifier.store import alerts
from notifier.store.engine import reading
from tests.store.people import MAY


def told(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [alert.text for alert in alerts.open_alerts(connection)]


def test_nodes_with_the_same_keys_agree(database: Engine) -> None:
    assert [agree_on_keys(database, ["old", "new"], now=MAY) for _ in range(3)] == [True] * 3
    assert told(database) == []


def test_keys_can_be_changed_node_by_node(database: Engine) -> None:
    for keys in (["old"], ["old", "new"], ["old"], ["old", "new"], ["new"]):
        assert agree_on_keys(database, keys, now=MAY)


def test_a_node_with_keys_of_its_own_is_told_without_a_key_in_the_text(database: Engine) -> None:
    agree_on_keys(database, ["the-shared-key"], now=MAY)
    assert not agree_on_keys(database, ["a-key-of-its-own"], now=MAY)
    (text,) = told(database)
    assert "signing.keys" in text
    assert "a-key-of-its-own" not in text
    assert agree_on_keys(database, ["a-key-of-its-own"], now=MAY)
    assert told(database) == []
