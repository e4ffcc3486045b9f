"""Opening the installation for a command: settings, database, and what `now` is for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from notifier.app import Parts
    from notifier.core.pseudonym import Pseudonyms
    from notifier.core.timing import Timing
    from notifier.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a command that composes and sends nothing works with."""

    settings: Settings
    engine: Engine
    now: datetime

    @property
    def timing(self) -> Timing:
        """The list's local time."""
        return self.settings.timing

    @property
    def pseudonyms(self) -> Pseudonyms:
        """What people are known by in the log and once they are erased. Raises ConfigurationError."""
        from notifier.core.pseudonym import Pseudonyms
        from notifier.settings.keys import signing_keys

        return Pseudonyms(signing_keys(self.settings.state_dir))


def current_settings(context: typer.Context) -> Settings:
    """The settings for this command, with the log set up by them. Raises ConfigurationError."""
    from notifier import settings
    from notifier.logs import start_logging

    loaded = settings.load(context.find_root().obj)
    start_logging(form=loaded.log.format, level=loaded.log.level)
    return loaded


@contextmanager
def wired(context: typer.Context) -> Iterator[Parts]:
    """The wired parts, for a command that neither acts on the database nor asks what time it is there.

    Raises ConfigurationError, DatabaseError.
    """
    from notifier import app

    parts = app.assemble(current_settings(context))
    try:
        yield parts
    finally:
        parts.engine.dispose()


@contextmanager
def acting(context: typer.Context, now: datetime | None) -> Iterator[tuple[Parts, datetime]]:
    """The wired parts, and the present instant for a command that changes something.

    Raises UsageError for `--now` on a live database, ConfigurationError, DatabaseError.
    """
    from notifier import app
    from notifier.store import installation
    from notifier.store.engine import writing

    with wired(context) as parts:
        with writing(parts.engine) as connection:
            instant = installation.begin_acting(connection, given=now, wall=app.clock())
        yield parts, instant


def going_clock(parts: Parts, now: datetime) -> Callable[[], datetime]:
    """The clock for what takes a while: the wall's, but a rehearsal stands still at its instant."""
    from notifier import app
    from notifier.store import installation
    from notifier.store.engine import reading

    with reading(parts.engine) as connection:
        rehearses = installation.mode(connection) is installation.Mode.REHEARSAL
    return (lambda: now) if rehearses else app.clock


@contextmanager
def looking(context: typer.Context, now: datetime | None) -> Iterator[Look]:
    """The opened database and the present instant for a command that only reads.

    Raises ConfigurationError, DatabaseError.
    """
    from notifier import app
    from notifier.store import installation
    from notifier.store.engine import reading

    with _opened(context) as (settings, engine):
        with reading(engine) as connection:
            instant = installation.reading_now(connection, given=now, wall=app.clock())
        yield Look(settings=settings, engine=engine, now=instant)


@contextmanager
def changing(context: typer.Context, now: datetime | None) -> Iterator[Look]:
    """As `acting`, for a command that only changes what is stored: without templates and the way out."""
    from notifier import app
    from notifier.store import installation
    from notifier.store.engine import writing

    with _opened(context) as (settings, engine):
        with writing(engine) as connection:
            instant = installation.begin_acting(connection, given=now, wall=app.clock())
        yield Look(settings=settings, engine=engine, now=instant)


@contextmanager
def _opened(context: typer.Context) -> Iterator[tuple[Settings, Engine]]:
    from notifier import app

    settings = current_settings(context)
    engine = app.open_database(settings)
    try:
        yield settings, engine
    finally:
        engine.dispose()


def has_database(settings: Settings) -> bool:
    """Whether there is a database to look into."""
    from notifier import app

    return app.has_database(settings)
