"""All commands, by the files that add them to the application, in the order in which help shows them.

Only the called command's are loaded: the daemon would carry all the others for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from notifier.cli import frame

FILES: Mapping[str, Sequence[str]] = {
    "run": ("running",),
    "tick": ("ticking",),
    "check": ("checking",),
    "approve": ("deciding",),
    "reject": ("deciding",),
    "pause": ("deciding",),
    "resume": ("deciding",),
    "plan": ("planning",),
    "why": ("why",),
    "subscribers": ("subscribers", "subscriber_choices", "subscriber_views", "importing"),
    "vendors": ("vendors", "waiving", "importing"),
    "evidence": ("evidence",),
    "readiness": ("readiness",),
    "answers": ("answers",),
    "dossier": ("dossier",),
    "preview": ("previewing",),
    "simulate": ("simulating",),
    "publish": ("publishing",),
    "outbox": ("outbox",),
    "changes": ("changing",),
    "send-test": ("testing",),
    "doctor": ("examining",),
    "nodes": ("nodes",),
    "db": ("keeping",),
    "backup": ("keeping",),
    "version": ("about",),
    "schema": ("about",),
}


def run(arguments: Sequence[str]) -> int:
    """Run one command; answers its exit code."""
    load(_called(arguments))
    return frame.run(arguments)


def load(command: str = "") -> None:
    """Add a command to the application, or all of them where it is none of ours: for help, and to suggest one."""
    for name, files in FILES.items():
        if name == command or command not in FILES:
            for file in files:
                import_module(f"notifier.cli.{file}")


def _called(arguments: Sequence[str]) -> str:
    """The first word that is not the settings file."""
    words = iter(arguments)
    for word in words:
        if word == "--config":
            next(words, None)
        elif not word.startswith("--config="):
            return word
    return ""
