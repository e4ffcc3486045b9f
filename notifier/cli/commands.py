"""All commands: importing a group's file adds it to the application."""

from __future__ import annotations

from notifier.cli import about, changing, checking, deciding, outbox, planning, running, ticking, why
from notifier.cli.frame import run

__all__ = [
    "about",
    "changing",
    "checking",
    "deciding",
    "outbox",
    "planning",
    "run",
    "running",
    "ticking",
    "why",
]
