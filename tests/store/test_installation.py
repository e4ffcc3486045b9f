"""Facts of the installation: its id, the two clocks, the pause, the default Leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from notifier.errors import UsageError
from notifier.store import installation
from notifier.store.engine import reading, writing
from notifier.store.installation import Mode, Pause
from tests.store.people import JUNE, MAY

WALL = MAY + timedelta(days=200)


def test_the_id_is_random_and_stays(database: Engine) -> None:
    with writing(database) as connection:
        made = installation.identity(connection)
    with reading(database) as connection:
        assert installation.identity(connection) == made
    assert len(made) == 16
    assert int(made, 16)


def test_without_a_given_instant_the_first_acting_command_makes_it_live(database: Engine) -> None:
    with writing(database) as connection:
        assert installation.mode(connection) is None
        assert installation.begin_acting(connection, given=None, wall=WALL) == WALL
        assert installation.mode(connection) is Mode.LIVE
        installation.require_live(connection)


def test_a_live_database_refuses_a_given_instant_and_says_how_to_rehearse(database: Engine) -> None:
    with writing(database) as connection:
        installation.begin_acting(connection, given=None, wall=WALL)
        with pytest.raises(UsageError, match="NOTIFIER_STATE_DIR"):
            installation.begin_acting(connection, given=MAY, wall=WALL)
        assert installation.mode(connection) is Mode.LIVE


def test_a_rehearsal_goes_on_at_its_last_instant(database: Engine) -> None:
    with writing(database) as connection:
        assert installation.begin_acting(connection, given=MAY, wall=WALL) == MAY
        assert installation.begin_acting(connection, given=None, wall=WALL) == MAY
        assert installation.begin_acting(connection, given=JUNE, wall=WALL) == JUNE
        assert installation.begin_acting(connection, given=None, wall=WALL) == JUNE


def test_the_daemon_refuses_a_rehearsal(database: Engine) -> None:
    with writing(database) as connection:
        installation.begin_acting(connection, given=MAY, wall=WALL)
        with pytest.raises(UsageError, match="rehearsal"):
            installation.require_live(connection)


def test_reading_takes_the_given_instant_on_any_database_and_changes_nothing(database: Engine) -> None:
    with reading(database) as connection:
        assert installation.reading_now(connection, given=None, wall=WALL) == WALL
        assert installation.reading_now(connection, given=MAY, wall=WALL) == MAY
    with writing(database) as connection:
        installation.begin_acting(connection, given=JUNE, wall=WALL)
    with reading(database) as connection:
        assert installation.reading_now(connection, given=MAY, wall=WALL) == MAY
        assert installation.reading_now(connection, given=None, wall=WALL) == JUNE


def test_a_pause_says_who_why_and_since_when_until_it_ends(database: Engine) -> None:
    with writing(database) as connection:
        assert installation.paused(connection) is None
        installation.pause(connection, by="kari", reason="feil i lista – vent", now=MAY)
    with writing(database) as connection:
        assert installation.paused(connection) == Pause(by="kari", reason="feil i lista – vent", at=MAY)
        assert installation.resume(connection)
        assert installation.paused(connection) is None
        assert not installation.resume(connection)


def test_other_default_leads_take_effect_when_they_are_first_seen(database: Engine) -> None:
    with writing(database) as connection:
        assert installation.leads_since(connection, leads="30d 7d", now=MAY) == MAY
        assert installation.leads_since(connection, leads="30d 7d", now=JUNE) == MAY
        assert installation.leads_since(connection, leads="30d", now=JUNE) == JUNE


def test_the_last_tick_is_remembered(database: Engine) -> None:
    with writing(database) as connection:
        assert installation.last_tick(connection) is None
        installation.record_tick(connection, now=MAY)
        installation.record_tick(connection, now=JUNE)
        assert installation.last_tick(connection) == JUNE
