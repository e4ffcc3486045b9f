"""Nodes: which daemons there are, and proof of which are dead.

On PostgreSQL every node holds a session advisory lock on a connection of its own. The server frees it when
the process or its host is gone, so an owner whose lock is free is dead, whatever anybody's clock says. On
SQLite one process sends for a database file: it holds an flock, which the kernel frees, so whoever has it
knows that every other owner is dead.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, column, delete, exists, func, insert, select, table, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from notifier.core.message import ON_THEIR_WAY, MessageState
from notifier.store.engine import database_now, sqlite_file, translated
from notifier.store.tables import messages, nodes

# The first half of the advisory locks' two-part key; the second is the node's id.
LOCK_CLASS = 723_601


# A node shows itself once a minute; after three it is silent.
SILENT_SECONDS = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One running process, as it showed itself last, by the database's clock. `standing` says why it does not send,
    "" when it does; `silent` for how many seconds nothing was seen of it."""

    id: int
    name: str
    version: str
    started: datetime
    seen: datetime
    standing: str
    silent: float

    @property
    def host(self) -> str:
        """The machine it runs on."""
        return self.name.rpartition(":")[0]

    @property
    def is_silent(self) -> bool:
        """Whether it should have shown itself since."""
        return self.silent > SILENT_SECONDS


def register(connection: Connection, name: str, *, version: str = "", standing: str = "") -> int:
    """Note a node that starts; answers its id."""
    now = database_now(connection.dialect.name)
    told = {"version": version[:40], "standing": standing[:300]}
    added = insert(nodes).values(name=name[:200], started=now, seen=now, **told).returning(nodes.c.id)
    return int(connection.execute(added).scalar_one())


def beat(connection: Connection, node: int, *, standing: str = "") -> None:
    """Note that the node lives."""
    now = database_now(connection.dialect.name)
    connection.execute(update(nodes).where(nodes.c.id == node).values(seen=now, standing=standing[:300]))


def sign_off(connection: Connection, *ended: int) -> frozenset[int]:
    """Forget nodes that end, but none of which something on its way is still its own; answers which were forgotten."""
    own = exists().where(messages.c.owner == nodes.c.id, messages.c.state.in_(ON_THEIR_WAY))
    gone = delete(nodes).where(nodes.c.id.in_(ended), ~own).returning(nodes.c.id)
    return frozenset(connection.scalars(gone))


def listing(connection: Connection) -> tuple[Node, ...]:
    """Every node that has not signed off, the longest at work first."""
    now = database_now(connection.dialect.name)
    chosen = select(nodes, (now - nodes.c.seen).label("silent")).order_by(nodes.c.started, nodes.c.id)
    return tuple(
        Node(
            id=row.id,
            name=row.name,
            version=row.version,
            started=datetime.fromtimestamp(row.started, UTC),
            seen=datetime.fromtimestamp(row.seen, UTC),
            standing=row.standing,
            silent=max(row.silent, 0.0),
        )
        for row in connection.execute(chosen)
    )


def dead_owners(connection: Connection) -> frozenset[int] | None:
    """The owners of Messages whose lock is free. None on SQLite: to the holder of its SendingLock,
    every owner but itself is dead."""
    if connection.dialect.name == "sqlite":
        return None
    locks = table(
        "pg_locks", *map(column, ("locktype", "database", "classid", "objid", "objsubid", "granted"))
    )
    here = text("pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())")
    held = exists().where(
        locks.c.locktype == "advisory",
        here,
        locks.c.classid == text(str(LOCK_CLASS)),
        locks.c.objid == messages.c.owner,
        locks.c.objsubid == 2,
        locks.c.granted,
    )
    on_their_way = messages.c.state.in_([MessageState.CLAIMED, MessageState.TRANSMITTING])
    owners = select(messages.c.owner).where(on_their_way, messages.c.owner.is_not(None), ~held).distinct()
    return frozenset(connection.scalars(owners))


class NodeLock:
    """A node's proof of life on PostgreSQL, on a connection that serves nothing else."""

    def __init__(self, engine: Engine, node: int) -> None:
        self._engine = engine
        self._node = node
        self._connection: Connection | None = None

    def keep(self) -> bool:
        """Take the lock, or make sure that it is still ours; answers whether it was ours all the time.

        After a lost connection it is taken again, but others may have taken this node for dead meanwhile:
        what it had claimed is no longer its own. Raises DatabaseError when the server cannot be reached.
        """
        if self._connection is None:
            return self._take()
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            self.release()
            self._take()
            return False
        return True

    def release(self) -> None:
        """Give the lock back, and close its connection."""
        if self._connection is not None:
            # The server frees the lock of a closed connection too, but only once it notices.
            with suppress(SQLAlchemyError):
                self._connection.execute(select(func.pg_advisory_unlock(LOCK_CLASS, self._node)))
            self._connection.close()
            self._connection = None

    def _take(self) -> bool:
        with translated(self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            # A host that vanished is noticed within a minute and a half, not after two hours.
            for setting in (
                "tcp_keepalives_idle = 30",
                "tcp_keepalives_interval = 10",
                "idle_session_timeout = 0",
            ):
                connection.exec_driver_sql(f"SET {setting}")
            # Not ours as long as the server believes in an earlier connection of this node.
            taken: bool = connection.execute(
                select(func.pg_try_advisory_lock(LOCK_CLASS, self._node))
            ).scalar_one()
        if taken:
            self._connection = connection
        else:
            connection.close()
        return taken


@contextmanager
def hold(engine: Engine, node: int) -> Iterator[NodeLock]:
    """Hold a node's lock on PostgreSQL; call `keep` on it now and then."""
    lock = NodeLock(engine, node)
    lock.keep()
    try:
        yield lock
    finally:
        lock.release()


class SendingLock:
    """The right to send from an SQLite database: one process a file, freed by the kernel when it ends."""

    def __init__(self, engine: Engine) -> None:
        file = sqlite_file(engine)
        self.path: Path = file.with_name(f"{file.name}.lock")
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Take it if it is free; answers whether it is ours."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Who has it, or had it last: the process and its host."""
        try:
            return self.path.read_text(encoding="utf-8") or "another process"
        except OSError:
            return "another process"

    def release(self) -> None:
        """Give it back. The file stays: removing it would let two processes lock two files of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
