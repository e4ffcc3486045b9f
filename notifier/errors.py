"""Errors, one class for each thing a caller treats differently.

Every message says what is wrong, where (file, line or key) and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence


class NotifierError(Exception):
    """Something the notifier cannot go on with; the message is meant for a person."""


class UsageError(NotifierError):
    """A command was called with something that does not exist or make sense (exit code 2)."""


class ConfigurationError(NotifierError):
    """Settings, templates or secrets that the notifier cannot start with (exit code 78).

    `problems` holds every problem found, so that they can be mended in one go.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"• {problem}" for problem in self.problems))


class AddressUnavailableError(NotifierError):
    """An address to serve at that is taken, or that this machine has not yet; a later start may have it (exit 1)."""


class ListRefusedError(NotifierError):
    """The list is missing, unreadable or invalid; whatever was in force stays in force.

    `problems` holds every problem found, each with its line or key.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"• {problem}" for problem in self.problems))


class ImportRefusedError(NotifierError):
    """A file to import has mistakes; nothing of it was imported.

    `problems` holds every problem found, each with its line.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        told = "\n".join(f"• {problem}" for problem in self.problems)
        super().__init__(f"nothing was imported; mend the file:\n{told}")


class DatabaseError(NotifierError):
    """The database is damaged, from a newer release, or not the one this command may act on."""


class ConstraintError(NotifierError):
    """A row contradicts a rule of the tables. The message names the rule alone: a row's values are personal data."""
