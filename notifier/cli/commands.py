"""All commands: importing a group's file adds it to the application, in the order in which help shows them."""

from __future__ import annotations

from notifier.cli import about, running, ticking
from notifier.cli.frame import run

__all__ = ["about", "run", "running", "ticking"]
