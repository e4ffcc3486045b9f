"""The daemon's page: what the web shows, answered from the list in force as the last tick saw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from notifier.app import Parts
from notifier.consent.leaving import leave
from notifier.consent.private_calendar import holders_of
from notifier.core.change import ChangeList
from notifier.core.curve import Curve
from notifier.core.history import Entry
from notifier.core.imprint import Reprint
from notifier.core.readiness import Picture
from notifier.daemon.loops import Loop
from notifier.jobs.examine import examine
from notifier.jobs.readiness import pictures
from notifier.store import changes, imprints
from notifier.store.engine import reading
from notifier.store.watching import watching
from notifier.web.application import create_app
from notifier.web.feeds import Feeds
from notifier.web.site import Health, HealthProblem, Register, Site


@dataclass(slots=True)
class Shown:
    """The list in force, since when, and its history, kept so that a visitor costs no query and trouble shows the last
    good.
    """

    seen: tuple[int, tuple[Reprint, ...]] | None = None
    changes: ChangeList | None = None
    history: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    since: datetime | None = None

    def renew(self, engine: Engine) -> None:
        """Look whether another reading has taken force, or all is printed anew."""
        with reading(engine) as connection:
            current = changes.in_force(connection)
            if current is None:
                return
            now = (current.id, imprints.reprints(connection))
            if now != self.seen:
                history = imprints.history(connection)
                # In this order, and read in the other: a list never shows beside the history of a later one,
                # whose SEQUENCE clients would then take for that of the old words.
                self.changes = current.changes
                self.history = history
                self.since = current.in_force_at
                self.seen = now


def page(
    parts: Parts,
    *,
    clock: Callable[[], datetime],
    elapsed: Callable[[], timedelta | None],
    shown: Shown,
    loops: Sequence[Loop],
) -> Feeds:
    """The web application over this node's parts. `elapsed` is how long ago the clock was last believed."""
    return create_app(
        Site(
            changes=lambda: shown.changes,
            history=lambda: shown.history,
            since=lambda: shown.since,
            now=clock,
            elapsed=elapsed,
            leave=lambda addressee: leave(
                engine=parts.engine, addressee=addressee, why="one-click", now=clock()
            ),
            holders=lambda tokens: holders_of(
                engine=parts.engine, links=parts.links, tokens=tokens, timing=parts.timing
            ),
            version=watching(parts.engine),
            register=_register(parts),
            readiness=partial(_readiness, parts, clock),
            answer_rules=parts.settings.answer_rules,
            health=lambda: health_of(parts, clock(), loops),
            timing=parts.timing,
            links=parts.links,
            templates=parts.templates,
            publisher=parts.letterhead.publisher,
            contact=parts.letterhead.contact,
            privacy_url=parts.settings.publisher.privacy_url,
            accessibility_url=parts.settings.publisher.accessibility_url,
            retention=parts.settings.retention.periods,
        )
    )


def _register(parts: Parts) -> Register:
    settings = parts.settings
    return Register(
        engine=parts.engine,
        pseudonyms=parts.pseudonyms,
        trusted_proxies=settings.web.trusted_proxies,
        mailbox=settings.mailbox if settings.is_for_this_machine_alone else None,
    )


def _readiness(parts: Parts, clock: Callable[[], datetime], change_id: str) -> tuple[Picture, Curve] | None:
    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
        change = current.changes.change(change_id) if current else None
        if change is None:
            return None
        rules = parts.settings.answer_rules
        return pictures(connection, [change], timing=parts.timing, rules=rules, now=clock())[0]


def health_of(parts: Parts, now: datetime, loops: Sequence[Loop]) -> Health:
    """Whether the loops move, and everything owed can be done on time."""
    stuck = [loop.name for loop in loops if loop.is_stuck]
    problems = [HealthProblem(what=f"the loop “{name}” does not move") for name in stuck]
    problems += [
        HealthProblem(what=f"the job “{loop.name}” fails; the log says why", since=loop.fails_since)
        for loop in loops
        if loop.fails_since is not None
    ]
    troubles = examine(engine=parts.engine, timing=parts.timing, now=now)
    problems += [HealthProblem(what=trouble.what, since=trouble.since) for trouble in troubles]
    return Health(live=not stuck, ready=not problems, problems=tuple(problems))
