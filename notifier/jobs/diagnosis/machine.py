"""What the machine gives: files that only we may read, room on the disk, time zones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from notifier.jobs.diagnosis.finding import Finding, error, ok, warning
from notifier.settings import Settings
from notifier.settings.keys import keys_in

LITTLE_ROOM = 500 * 1024**2
NO_ROOM = 50 * 1024**2


def look_at_secrets(settings: Settings) -> Iterator[Finding]:
    """Who may read what holds secrets and addresses, and whether the signing keys are worth anything.

    A settings file or a secret's own is refused before.
    """
    kept = settings.state_dir
    keys = kept / "signing.keys"
    if any(place.exists() and not os.access(place, os.R_OK) for place in (kept, keys)):
        yield error("secrets", f"this user may not look into {kept}", "run this as the daemon's user")
        return
    private = [file for file in (kept, keys, *kept.glob("*.sqlite3*")) if file.exists()]
    exposed = [file for file in private if file.stat().st_mode & 0o077]
    for file in exposed:
        advice = f"run: chmod {'700' if file.is_dir() else '600'} {file}"
        yield error("secrets", f"others than its owner may read {file}", advice)
    problem = _problem_of(keys) if keys.exists() else None
    if problem:
        yield error("secrets", f"{keys}: {problem}", "see Secrets in the handbook")
    if not exposed and not problem:
        seen = f"{kept} is for its owner alone" if private else f"{kept} will be made at the first start"
        yield ok("secrets", seen)


def _problem_of(keys: Path) -> str | None:
    try:
        keys_in(keys)
    except ValueError as wrong:
        return str(wrong)
    return None


def look_at_disk(settings: Settings) -> Finding:
    """Whether this user may write where we keep our own files, and whether there is room."""
    place = settings.state_dir.absolute()
    folder = next(path for path in (place, *place.parents) if path.exists())
    for each in (folder, *place.glob("*.sqlite3*")):
        if not os.access(each, os.W_OK):
            advice = "see who owns it and whether the disk is read-only, or run this as the daemon's user"
            return error("disk", f"this user may not write to {each}", advice)
    free = shutil.disk_usage(folder).free
    seen = f"{free // 1024**2:,} MB are free at {folder}"
    if free < NO_ROOM:
        return error("disk", seen, "make room: nothing can be recorded, and so nothing is sent")
    if free < LITTLE_ROOM:
        return warning("disk", seen, "make room soon")
    return ok("disk", seen)


def look_at_time_zones(settings: Settings, now: datetime) -> Finding:
    """Which local time it is by the list's zone: a person sees whether that is right."""
    zone = settings.list.time_zone
    local = f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return ok("time", f"it is {local} in {zone} (tzdata {version('tzdata')})")
