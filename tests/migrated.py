"""An SQLite file with all tables and nothing in them, made once in a process and copied from: which takes a hundredth
of the time that migrating does, and nearly every test needs one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from notifier.store.engine import open_engine
from notifier.store.migrating import upgrade


def put_tables(file: Path) -> None:
    """Put such a file there, unless a database is there already."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(_template(), file)
    file.chmod(0o600)


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine(f"sqlite:///{folder / 'notifier.sqlite3'}")
    upgrade(engine)
    # The last connection to close brings everything into the file.
    engine.dispose()
    return folder / "notifier.sqlite3"
