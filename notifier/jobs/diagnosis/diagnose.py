"""Diagnose: look at everything the notifier rests on. Only reads, so twice is harmless."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dns.resolver
from sqlalchemy import Engine

from notifier.channels.channel import Channel
from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.errors import DatabaseError
from notifier.jobs.diagnosis.content import look_at_list, look_at_mails, look_at_readings
from notifier.jobs.diagnosis.database import look_at_database, look_at_installation
from notifier.jobs.diagnosis.finding import Finding, Level, ok, warning
from notifier.jobs.diagnosis.machine import look_at_disk, look_at_secrets, look_at_time_zones
from notifier.jobs.diagnosis.relay import look_at_way_out
from notifier.jobs.diagnosis.sender_domain import look_at_domain
from notifier.jobs.diagnosis.web import look_at_page
from notifier.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. `engine` is None where there is no database yet, `resolver` where the system's is asked."""

    settings: Settings
    settings_file: Path | None
    engine: Engine | None
    channel: Channel
    letterhead: Letterhead
    links: Links
    resolver: dns.resolver.Resolver | None = None


async def diagnose(patient: Patient, now: datetime) -> AsyncIterator[Finding]:
    """Every finding, from what lies at the bottom upwards."""
    settings = patient.settings
    for found in _at_rest(patient, now):
        yield found
    async for found in look_at_way_out(patient.channel, settings):
        yield found
    if not settings.mail_url.startswith("maildir:"):
        for found in look_at_domain(settings.sender.rpartition("@")[2], patient.resolver):
            yield found
    for found in look_at_page(settings):
        yield found


def _at_rest(patient: Patient, now: datetime) -> Iterator[Finding]:
    """What can be seen without asking anybody over the network but the database."""
    settings = patient.settings
    yield from _look_at_settings(settings, patient.settings_file)
    yield from look_at_secrets(settings)
    yield look_at_time_zones(settings, now)
    yield look_at_disk(settings)
    of_database = list(look_at_database(patient.engine, now, upgrades=settings.database.upgrade))
    yield from of_database
    listed, of_list = look_at_list(settings, now)
    yield from of_list
    usable = all(found.level is Level.OK for found in of_database)
    if patient.engine is not None and usable:
        yield from look_at_readings(patient.engine)
        try:
            yield from look_at_installation(patient.engine, now)
        except DatabaseError as trouble:
            yield warning("running", str(trouble), "look again")
    yield look_at_mails(
        found=listed, letterhead=patient.letterhead, links=patient.links, settings=settings, now=now
    )


def _look_at_settings(settings: Settings, file: Path | None) -> Iterator[Finding]:
    yield ok("settings", f"{file or 'none are set in a file'}: every one is well formed")
    if not settings.ops.recipients and settings.webhook is None:
        advice = "set ops.recipients or ops.webhook"
        yield warning("settings", "Alerts reach the log only", advice)
    if settings.mail.only_to:
        advice = "empty it when vendors are to be told"
        yield warning("settings", "mail.only_to lets mail reach some addresses only", advice)
