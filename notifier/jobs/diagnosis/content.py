"""What people are told: the list, and every mail it can give rise to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from jinja2 import TemplateError
from sqlalchemy import Engine

from notifier.compose.letterhead import Letterhead
from notifier.compose.links import Links
from notifier.compose.preview import preview_all
from notifier.compose.rehearsal import rehearse
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.change import ChangeList
from notifier.errors import DatabaseError, ListRefusedError, NotifierError
from notifier.feeds.limits import ADVICE, outgrown
from notifier.jobs.diagnosis.finding import Finding, error, ok, warning
from notifier.settings import Settings
from notifier.sources.file import FileSource
from notifier.sources.parse import parse_list
from notifier.store import changes
from notifier.store.changes import ReadingState, short
from notifier.store.engine import reading

CHECKED_WITHIN = timedelta(days=90)


def look_at_list(settings: Settings, now: datetime) -> tuple[ChangeList | None, list[Finding]]:
    """The list in the file, None when it is refused."""
    file, today = settings.list_path, settings.timing.today(now)
    try:
        found = parse_list(FileSource(file).read(), today=today)
    except ListRefusedError as refused:
        return None, [error("list", problem, f"mend {file}") for problem in refused.problems]
    warnings = []
    old = [change.id for change in found.changes if today - change.checked > CHECKED_WITHIN]
    if old:
        seen = f"not verified for 90 days: {', '.join(old)}"
        warnings.append(warning("list", seen, "let the list's editor verify them and set `checked`"))
    large = outgrown(found, today=today, zone=settings.timing.zone, base_url=settings.base_url)
    if large:
        warnings.append(warning("calendar", large, ADVICE))
    return found, warnings or [
        ok("list", f"{file} is valid: revision {found.revision}, {len(found.changes)} changes")
    ]


def look_at_readings(engine: Engine) -> Iterator[Finding]:
    """Readings that wait for a person."""
    try:
        with reading(engine) as connection:
            held = [found for found in changes.readings(connection) if found.state is ReadingState.HELD]
    except DatabaseError:
        return  # said already
    for found in held:
        name = short(found.hash)
        advice = f"notifier approve {name} or notifier reject {name}"
        yield warning("list", f"reading {name} (revision {found.revision}) is held", advice)


def look_at_mails(
    *, found: ChangeList | None, letterhead: Letterhead, links: Links, settings: Settings, now: datetime
) -> Finding:
    """Every kind of mail in every language, composed from the list as well as from made-up ones."""
    try:
        templates = shipped_templates()
        rehearse(templates=templates, letterhead=letterhead, links=links)
        mails = preview_all(
            changes=found or ChangeList(revision=0, services=(), changes=()),
            now=now,
            voice=Voice(timing=settings.timing, letterhead=letterhead, templates=templates, links=links),
        )
        count = sum(1 for _ in mails)
    except (NotifierError, TemplateError, OSError) as trouble:
        return error("mails", str(trouble), "restore the templates that came with this release")
    if found is None:
        return ok("mails", "every kind was composed from a made-up list, since this one is refused")
    return ok("mails", f"{count} mails were composed: every kind of this list in every language")
