"""What a look at one thing came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: nothing to do, worth a look, or something will not work."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the diagnosis: what was looked at, what was seen, and what to do about it if anything."""

    about: str
    level: Level
    seen: str
    advice: str = ""


def ok(about: str, seen: str) -> Finding:
    """All is well."""
    return Finding(about=about, level=Level.OK, seen=seen)


def warning(about: str, seen: str, advice: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(about=about, level=Level.WARNING, seen=seen, advice=advice)


def error(about: str, seen: str, advice: str) -> Finding:
    """Something will not work."""
    return Finding(about=about, level=Level.ERROR, seen=seen, advice=advice)
