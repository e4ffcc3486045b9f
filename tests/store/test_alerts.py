"""Alerts: raised, counted, told, resolved, raised again."""

from __future__ import annotations

from sqlalchemy import Engine

from notifier.store import alerts
from notifier.store.alerts import Alert, Way
from notifier.store.engine import writing
from tests.store.people import JUNE, MAY

TEXT = "Reading 1a2b3c4d5e is held."


def raised(engine: Engine, *, text: str = TEXT, again_at: object = None) -> tuple[Alert, ...]:
    with writing(engine) as connection:
        alerts.raise_alert(connection, key="list", text=text, now=again_at or MAY)
        return alerts.open_alerts(connection)


def tell_all(engine: Engine) -> None:
    with writing(engine) as connection:
        ids = [alert.id for alert in alerts.open_alerts(connection)]
        for way in Way:
            alerts.mark_told(connection, ids, way=way, now=MAY)


def untold(engine: Engine) -> dict[Way, int]:
    with writing(engine) as connection:
        return {way: len(alerts.untold(connection, way)) for way in Way}


def test_an_alert_is_open_once_and_counts_how_often_it_was_raised(database: Engine) -> None:
    raised(database)
    (alert,) = raised(database, again_at=JUNE)
    assert (alert.key, alert.text, alert.count) == ("list", TEXT, 2)
    assert (alert.first_at, alert.last_at) == (MAY, JUNE)


def test_an_alert_is_told_once_in_each_way(database: Engine) -> None:
    raised(database)
    assert untold(database) == {Way.LOGGED: 1, Way.MAILED: 1, Way.POSTED: 1}
    with writing(database) as connection:
        alerts.mark_told(connection, [alerts.open_alerts(connection)[0].id], way=Way.MAILED, now=JUNE)
    assert untold(database) == {Way.LOGGED: 1, Way.MAILED: 0, Way.POSTED: 1}
    raised(database, again_at=JUNE)
    assert untold(database) == {Way.LOGGED: 1, Way.MAILED: 0, Way.POSTED: 1}


def test_an_alert_that_says_something_new_is_told_anew(database: Engine) -> None:
    raised(database)
    tell_all(database)
    raised(database, text="Another reading is held.", again_at=JUNE)
    assert untold(database) == {Way.LOGGED: 1, Way.MAILED: 1, Way.POSTED: 1}


def test_a_resolved_alert_is_over_until_it_is_raised_again(database: Engine) -> None:
    raised(database)
    tell_all(database)
    with writing(database) as connection:
        assert alerts.resolve(connection, key="list", now=MAY)
        assert not alerts.resolve(connection, key="list", now=MAY)
        assert alerts.open_alerts(connection) == ()
    (alert,) = raised(database, again_at=JUNE)
    assert (alert.first_at, alert.count) == (JUNE, 1)
    assert untold(database) == {Way.LOGGED: 1, Way.MAILED: 1, Way.POSTED: 1}


def test_marking_none_told_is_harmless(database: Engine) -> None:
    with writing(database) as connection:
        alerts.mark_told(connection, [], way=Way.LOGGED, now=MAY)
        assert not alerts.resolve(connection, key="nothing", now=MAY)
