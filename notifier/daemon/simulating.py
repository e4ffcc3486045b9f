"""Simulate: the real engine over a scratch copy of the database, with a clock that is moved from tick to tick.

Nothing leaves: mail goes into a folder, Alerts to no webhook, and links are signed with keys of their own, so
that none in a simulated mail does anything. The real database is only read.

1. Copy every row into a fresh SQLite file, and make it a rehearsal that is not paused.
2. Where no list is in force yet, read it at the midnight before the first day; where nobody is subscribed, let
   a sample subscriber for each language join then.
3. Tick at every instant. What comes before the first day is done, but not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from notifier.app import Parts, assemble, open_database
from notifier.channels.folder import FolderChannel
from notifier.core.subscription import EVERYTHING, SubscriberState
from notifier.core.text import Language
from notifier.daemon.sending import SendingRight
from notifier.daemon.tick import plan, tick
from notifier.settings import Settings
from notifier.settings.tables import DatabaseSettings
from notifier.store import alerts, changes, installation, joining, subscribers
from notifier.store.copying import copy_all
from notifier.store.engine import reading, writing
from notifier.store.joining import Joiner

SAMPLES = tuple(
    Joiner(
        address=f"sample-{language}@vendor.example",
        language=language,
        topics=(EVERYTHING,),
        basis="a sample for a simulation",
    )
    for language in Language
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An Alert as it was raised, or raised again with other words."""

    at: datetime
    text: str


@dataclass(slots=True, kw_only=True)
class Simulation:
    """A scratch copy ready to be played, and what came of it so far.

    `begin` is the midnight before the first day; `lived` is how far the real one had come, if anywhere.
    """

    parts: Parts
    channel: FolderChannel
    mails: Path
    begin: datetime
    lived: datetime | None
    people: int
    has_samples: bool
    ticks: int = 0
    raised: list[Raised] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    @property
    def overlap(self) -> datetime | None:
        """How far the real one had come, where that is beyond the beginning."""
        return self.lived if self.lived and self.lived > self.begin else None


def set_up(settings: Settings, *, real: Engine, scratch: Path, mails: Path, begin: datetime) -> Simulation:
    """Make the copy in the folder `scratch`; its mail goes to the folder `mails`, from the first day on.

    Raises DatabaseError or ConfigurationError.
    """
    own = _own(settings, scratch)
    engine = open_database(own)
    with reading(real) as source, writing(engine) as target:
        copy_all(source, target)
        installation.turn_into_rehearsal(target, now=begin)
        lived = installation.last_tick(target)
        standing = {alert.key: alert.text for alert in alerts.open_alerts(target)}
        has_list = changes.in_force(target) is not None
        people = subscribers.count_by_state(target).get(SubscriberState.ACTIVE, 0)
    if not people:
        own = own.model_copy(update={"mail": own.mail.model_copy(update={"only_to": ()})})
    before = scratch / "before"
    before.mkdir(mode=0o700)
    channel = FolderChannel(before)
    simulation = Simulation(
        parts=replace(assemble(own, engine), channel=channel),
        channel=channel,
        mails=mails,
        begin=begin,
        lived=lived,
        people=people or len(SAMPLES),
        has_samples=not people,
        known=standing,
    )
    if not has_list:
        plan(simulation.parts, begin)
    if not people:
        with writing(engine) as connection:
            joining.add_many(connection, SAMPLES, now=begin)
    return simulation


async def play(
    simulation: Simulation, instants: Iterable[datetime], *, advance: Callable[[int], None]
) -> None:
    """Tick at these instants, in order; `advance` is told of each tick."""
    with SendingRight(simulation.parts.engine) as right:
        for instant in instants:
            if instant >= simulation.begin and simulation.channel.folder != simulation.mails:
                simulation.channel.folder = simulation.mails
                simulation.channel.kept.clear()
            await _tick(simulation, right, instant)
            advance(1)


async def _tick(simulation: Simulation, right: SendingRight, now: datetime) -> None:
    await tick(simulation.parts, clock=lambda: now, right=right)
    with reading(simulation.parts.engine) as connection:
        standing = {alert.key: alert.text for alert in alerts.open_alerts(connection)}
    if now >= simulation.begin:
        simulation.ticks += 1
        simulation.raised += [
            Raised(at=now, text=text) for key, text in standing.items() if simulation.known.get(key) != text
        ]
    simulation.known = standing


def _own(settings: Settings, scratch: Path) -> Settings:
    """The same settings, but that nothing leads out of the scratch folder."""
    mail = settings.mail.model_copy(update={"url": None, "password": None, "password_file": None})
    return settings.model_copy(
        update={
            "state_dir": scratch,
            "database": DatabaseSettings(),
            "list": settings.list.model_copy(update={"path": settings.list_path}),
            "mail": mail.model_copy(update={"sender": settings.sender}),
            "ops": settings.ops.model_copy(update={"webhook": None}),
        }
    )
