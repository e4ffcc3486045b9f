"""What an installation makes at its first start, made once in a process and copied from: an SQLite file with all tables
and nothing in them, and keys to sign with. Most tests need them, and migrating takes longer than many of these."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from notifier.settings.keys import signing_keys
from notifier.store.engine import open_engine
from notifier.store.migrating import upgrade


def put_tables(file: Path) -> None:
    """Put such a file there, unless a database is there already."""
    _copy(_made() / "notifier.sqlite3", file)


def put_first_things(state_dir: Path) -> None:
    """Put there what is missing of both."""
    for name in ("notifier.sqlite3", "signing.keys"):
        _copy(_made() / name, state_dir / name)


def _copy(made: Path, file: Path) -> None:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(made, file)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    signing_keys(folder)
    engine = open_engine(f"sqlite:///{folder / 'notifier.sqlite3'}")
    upgrade(engine)
    # The last connection to close brings everything into the file.
    engine.dispose()
    return folder
