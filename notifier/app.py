"""The composition root: settings in, wired parts out. The only reader of the wall clock."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from notifier.channels.channel import Channel, Parcel
from notifier.channels.choose import choose_channel
from notifier.channels.timeouts import Limits
from notifier.compose.composer import Composer
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.mailbox import Mailbox
from notifier.compose.matters import Matters
from notifier.compose.recipient import recipient_of
from notifier.compose.rehearsal import rehearse
from notifier.compose.templates import Templates, shipped_templates
from notifier.compose.voice import Voice
from notifier.core.address import normal_address_or_domain
from notifier.core.admission import Admission
from notifier.core.answer import AnswerRules
from notifier.core.pace import Pace
from notifier.core.pseudonym import Pseudonyms
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.errors import ConfigurationError, UsageError
from notifier.feeds.feed import Feed
from notifier.feeds.specimen import imprint
from notifier.jobs.alert import Operators
from notifier.jobs.sender import Flow, Sender
from notifier.jobs.telling import Telling
from notifier.logs import name_people
from notifier.settings import Settings
from notifier.settings.keys import signing_keys
from notifier.sources.file import FileSource
from notifier.store import installation, migrating
from notifier.store.engine import open_engine, writing


def clock() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything wired, ready for the jobs, the commands and the page."""

    settings: Settings
    engine: Engine
    timing: Timing
    source: FileSource
    templates: Templates
    links: Links
    letterhead: Letterhead
    composer: Composer
    channel: Channel
    id_suffix: str

    @property
    def voice(self) -> Voice:
        """Who speaks in mails, in which words."""
        return Voice(
            timing=self.timing, letterhead=self.letterhead, templates=self.templates, links=self.links
        )

    @property
    def pseudonyms(self) -> Pseudonyms:
        """What addresses and networks are known by where they are only counted."""
        return Pseudonyms(self.links.keys)

    @property
    def imprint(self) -> str:
        """What stands for how this release with these settings words the calendars' events."""
        feeds = tuple(self.feed(language) for language in Language)
        return _imprint(feeds, self.timing, self.settings.answer_rules)

    def feed(self, language: Language) -> Feed:
        """How the deadlines are published in one language, all in one calendar."""
        return _feed(self.letterhead, self.links, self.timing, language)

    @property
    def operators(self) -> Operators:
        """Where Alerts go."""
        return Operators(
            recipients=self.settings.ops.recipients,
            webhook=self.settings.webhook,
            sender=self.settings.sender,
            host=socket.gethostname(),
        )

    def flow(self) -> Flow:
        """How mail flows from a node that has not sent any yet."""
        mail = self.settings.mail
        return Flow(pace=Pace(per_minute=mail.per_minute), admission=Admission(most=mail.connections))

    def sender(self, *, node: int, clock: Callable[[], datetime], flow: Flow | None = None) -> Sender:
        """What dispatching needs on this node. `flow` is what it has found out in sending before."""
        return Sender(
            engine=self.engine,
            channel=self.channel,
            timing=self.timing,
            rules=self.settings.answer_rules,
            compose=partial(_compose, composer=self.composer, matters=Matters(self.timing)),
            may_receive=partial(may_receive, self.settings.mail.only_to),
            node=node,
            id_suffix=self.id_suffix,
            flow=flow or self.flow(),
            bounce_limit=self.settings.bounces.limit,
            clock=clock,
        )


def open_database(settings: Settings) -> Engine:
    """The database, with its tables up to date. Raises ConfigurationError or DatabaseError."""
    engine = open_engine(settings.database_url)
    if settings.database.upgrade:
        migrating.upgrade(engine)
    else:
        migrating.require_newest(engine)
    return engine


def existing_database(settings: Settings) -> Engine:
    """The database as it is. Raises UsageError when there is none yet; opening would make an empty file."""
    if not has_database(settings):
        raise UsageError(f"there is no database yet: {settings.database_url}")
    return open_engine(settings.database_url)


def has_database(settings: Settings) -> bool:
    """Whether there is a database to look into; looking would otherwise make an empty SQLite file.

    Raises ConfigurationError when this user may not know.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return True
    file = Path(url.database or "")
    if file.parent.exists() and not os.access(file.parent, os.X_OK):
        what = f"state_dir or database.url: this user may not look into {file.parent}"
        raise ConfigurationError([f"{what}; run this as the daemon's user: sudo -u notifier notifier …"])
    return file.is_file()


def assemble(settings: Settings, engine: Engine | None = None, templates: Templates | None = None) -> Parts:
    """Wire everything. Raises ConfigurationError or DatabaseError, so that nothing starts that cannot work.

    `templates` are given where they were loaded, and tried, before.
    """
    engine = engine or open_database(settings)
    with writing(engine) as connection:
        identity = installation.identity(connection)
    keys = signing_keys(settings.state_dir)
    links = Links(base_url=settings.base_url, keys=keys)
    letterhead = letterhead_of(settings, keys)
    name_people(Pseudonyms(keys))
    if templates is None:
        templates = _rehearsed(letterhead, links)
    timing = settings.timing
    voice = Voice(timing=timing, letterhead=letterhead, templates=templates, links=links)
    return Parts(
        settings=settings,
        engine=engine,
        timing=timing,
        source=FileSource(settings.list_path),
        templates=templates,
        links=links,
        letterhead=letterhead,
        composer=Composer(voice),
        channel=channel_for(settings),
        id_suffix=f".{identity}@{letterhead.domain}>",
    )


def channel_for(settings: Settings) -> Channel:
    """The way out."""
    mail = settings.mail
    return choose_channel(
        url=settings.mail_url,
        password=settings.mail_password,
        helo=socket.getfqdn() or "localhost",
        limits=Limits(messages=mail.connection_messages, seconds=mail.connection_seconds),
    )


def letterhead_of(settings: Settings, keys: tuple[str, ...] = ()) -> Letterhead:
    """Who speaks in every mail. `keys` sign the addresses that mail to us comes to, where any is read."""
    return Letterhead(
        publisher=settings.publisher.name,
        contact=settings.publisher.contact or settings.sender,
        sender=settings.sender,
        mailbox=Mailbox(settings.inbox_address, keys) if settings.inbox_address and keys else None,
    )


def may_receive(only_to: Sequence[str], address: str) -> bool:
    """Whether this installation may mail the address: any, or those and those domains that `only_to` names."""
    if not only_to:
        return True
    domain = address.rpartition("@")[2].casefold()
    allowed = {normal_address_or_domain(entry).casefold() for entry in only_to}
    return address.casefold() in allowed or domain in allowed


@cache
def _rehearsed(letterhead: Letterhead, links: Links) -> Templates:
    """The templates that ship, once every mail was tried with them, which takes longer than most commands. Raises
    ConfigurationError."""
    templates = shipped_templates()
    rehearse(templates=templates, letterhead=letterhead, links=links)
    return templates


@cache
def _imprint(feeds: tuple[Feed, ...], timing: Timing, rules: AnswerRules) -> str:
    return imprint({feed.language: feed for feed in feeds}.__getitem__, timing, rules)


def _feed(letterhead: Letterhead, links: Links, timing: Timing, language: Language) -> Feed:
    return Feed(
        language=language,
        zone=timing.zone,
        publisher=letterhead.publisher,
        contact=letterhead.contact,
        page_url=links.page(language),
        feed_url=links.calendar(language),
    )


def _compose(
    telling: Telling, *, composer: Composer, matters: Matters, header_id: str, now: datetime
) -> Parcel:
    matter = matters.of(
        message=telling.message,
        subscriber=telling.subscriber,
        notices=telling.notices,
        ask=telling.ask,
        footing=telling.footing,
        changes=telling.changes,
        history=telling.history,
        given=telling.given,
        now=now,
    )
    to = recipient_of(
        message=telling.message,
        header_id=header_id,
        subscriber=telling.subscriber,
        ask=telling.ask,
        address=telling.recipient or "",
        now=now,
    )
    mail = composer.compose(matter, to)
    return Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data, wire_ready=mail.wire_ready)
