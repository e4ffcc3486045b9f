"""All commands: importing a group's file adds it to the application."""

from __future__ import annotations

from notifier.cli import about, checking, deciding, planning, running, ticking
from notifier.cli.frame import run

__all__ = ["about", "checking", "deciding", "planning", "run", "running", "ticking"]
