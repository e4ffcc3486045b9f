"""Which release this is, and where the files that ship with it are: inside the wheel, or at the repository's root."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, such as `shipped("config", "breaking-changes.toml")`."""
    in_wheel = _PACKAGE / "_shipped"
    return (in_wheel if in_wheel.is_dir() else _PACKAGE.parent).joinpath(*parts)


@cache
def release() -> str:
    """The version of the notifier that runs, which is looked up in files; another may be installed by now."""
    from importlib.metadata import version

    return version("notifier")
