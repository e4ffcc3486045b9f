"""The right to send: which process may empty the Outbox.

On SQLite one process a database file; the others plan and serve, and say so. On PostgreSQL every node may.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from notifier.errors import DatabaseError
from notifier.shipped import release
from notifier.store import nodes
from notifier.store.engine import reading, writing


class SendingRight:
    """Held from `try_acquire` to the end of the `with` block. `node` is this process's id in the Outbox."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = nodes.SendingLock(engine) if engine.dialect.name == "sqlite" else None
        self._lock: nodes.NodeLock | None = None
        self._waiting = 0
        self._former: frozenset[int] = frozenset()
        self.node = 0
        self.refusal = ""

    @property
    def held(self) -> bool:
        """Whether this process may send."""
        return bool(self.node)

    def try_acquire(self) -> bool:
        """Take the right if it is free, or make sure that it is still ours; `refusal` says why not."""
        if self._file is not None and not self._file.try_acquire():
            self.refusal = (
                f"another process sends from this database ({self._file.holder()}); this one does not, so that"
                " nobody is mailed twice"
            )
            self._waiting = self._waiting or self._registered()
            return False
        if not self.node:
            self.node, self._waiting = self._waiting or self._registered(), 0
        if self._file is None:
            self._keep_lock()
        self.refusal = ""
        return True

    def begin_anew(self) -> None:
        """Go on as a new node after trouble, so that what this one holds is freed as a dead one's."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        self._former |= {self.node}
        self.node = 0

    def beat(self, *, doubt: str = "") -> None:
        """Show that this node lives, and whether it sends; `doubt` is another reason why it does not.

        What it was before it began anew is forgotten once nothing is left of it.
        """
        with writing(self._engine) as connection:
            nodes.beat(connection, self.node or self._waiting, standing=self.refusal or doubt)
            forgotten = nodes.sign_off(connection, *self._former) if self._former else frozenset()
        self._former -= forgotten

    def dead_nodes(self) -> frozenset[int] | None:
        """Owners known to be dead; None means every one but this node."""
        with reading(self._engine) as connection:
            return nodes.dead_owners(connection)

    def _registered(self) -> int:
        name = f"{socket.gethostname()}:{os.getpid()}"
        with writing(self._engine) as connection:
            return nodes.register(connection, name, version=release(), standing=self.refusal)

    def _keep_lock(self) -> None:
        if self._lock is None:
            self._lock = nodes.NodeLock(self._engine, self.node)
        if not self._lock.keep():
            # Others may have taken this node for dead and freed what it held.
            self.begin_anew()
            self.try_acquire()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with suppress(DatabaseError), writing(self._engine) as connection:
                nodes.sign_off(connection, self.node or self._waiting, *self._former)
        finally:
            if self._lock is not None:
                self._lock.release()
            if self._file is not None:
                self._file.release()
