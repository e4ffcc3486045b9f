"""The keys that sign links, kept in the state directory."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Collection
from pathlib import Path

from notifier.errors import ConfigurationError

# In characters; those that we make have 43, which are 256 bits.
_SHORTEST_KEY = 32


def signing_keys(state_dir: Path) -> tuple[str, ...]:
    """The keys that sign links, oldest first, one a line; made on first use, for the owner alone.

    Raises ConfigurationError when the file cannot be made, is empty, or others may read it, and for a key that could
    be guessed.
    """
    file = state_dir / "signing.keys"
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        if file.stat().st_mode & 0o077:
            raise ConfigurationError([f"{file}: others may read it; run: chmod 600 {file}"])
        return keys_in(file)
    except OSError as error:
        raise ConfigurationError([f"state_dir: {file} cannot be used: {error.strerror}"]) from error
    except ValueError as error:
        raise ConfigurationError([f"{file}: {error}"]) from None


def keys_in(file: Path) -> tuple[str, ...]:
    """The keys that a file holds, oldest first.

    Raises OSError, and ValueError that says what is wrong with them; nothing of a key stands in it.
    """
    try:
        keys = tuple(file.read_text(encoding="ascii").split())
    except UnicodeDecodeError:
        # Not even as a cause: it holds what stands in the file.
        raise ValueError("holds something else than keys; restore it from a copy") from None
    if problem := _problem_of(keys):
        raise ValueError(problem)
    return keys


def _problem_of(keys: Collection[str]) -> str | None:
    if not keys:
        return "holds no key; restore it, or delete it to make links anew"
    if min(map(len, keys)) < _SHORTEST_KEY:
        return f"a key has fewer than {_SHORTEST_KEY} characters, so that links could be forged; take it out"
    return None


def _make(file: Path) -> None:
    """Make the first key. The file bears its name once it is whole and on the disk, whenever the process or the machine
    may die; without it the links in mails that were sent would stop working.
    """
    draft = file.with_name(f".{file.name}.new")
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        # Of processes that start together one makes it, and the others take that one.
        fcntl.flock(folder, fcntl.LOCK_EX)
        if file.exists():
            return
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(32) + "\n")
            made.flush()
            os.fsync(made.fileno())
        draft.rename(file)
        os.fsync(folder)
    finally:
        os.close(folder)
