"""Who is alive: locks that the kernel or the server frees when their holder dies."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select, update

from notifier.core.message import MessageState
from notifier.store import nodes
from notifier.store.engine import open_engine, reading, sqlite_file, writing
from notifier.store.nodes import NodeLock, SendingLock
from notifier.store.tables import messages
from notifier.store.tables import nodes as nodes_table
from tests.postgresql import Server
from tests.store.people import join

SENDER = """
import sys
from notifier.store.engine import open_engine
from notifier.store.nodes import SendingLock
assert SendingLock(open_engine(sys.argv[1])).try_acquire()
print("held", flush=True)
sys.stdin.read()
"""

NODE = """
import sys
from notifier.store.engine import open_engine
from notifier.store.nodes import NodeLock
lock = NodeLock(open_engine(sys.argv[1]), int(sys.argv[2]))
assert lock.keep()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def process(program: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"held\n"
        try:
            yield started
        finally:
            started.kill()


def registered(engine: Engine, name: str) -> int:
    with writing(engine) as connection:
        return nodes.register(connection, name)


def give_a_message_to(engine: Engine, node: int, address: str) -> None:
    person = join(engine, address)
    with writing(engine) as connection:
        theirs = messages.c.subscriber_id == person.id
        claimed = update(messages).where(theirs).values(state=MessageState.CLAIMED.value, owner=node)
        connection.execute(claimed)


def dead(engine: Engine) -> frozenset[int] | None:
    with reading(engine) as connection:
        return nodes.dead_owners(connection)


def test_every_node_gets_an_id_of_its_own(database: Engine) -> None:
    assert registered(database, "a") != registered(database, "a")


def test_a_beat_is_seen_by_the_databases_clock(database: Engine) -> None:
    node = registered(database, "a")
    with writing(database) as connection:
        connection.execute(update(nodes_table).values(seen=0.0))
        nodes.beat(connection, node)
        row = connection.execute(select(nodes_table)).one()
    assert row.started <= row.seen


def test_nodes_are_listed_with_what_they_do_until_they_sign_off(database: Engine) -> None:
    sends, waits, owns = (registered(database, name) for name in "abc")
    give_a_message_to(database, owns, "a@epj.example.no")
    with writing(database) as connection:
        nodes.beat(connection, waits, standing="another process sends")
        connection.execute(update(nodes_table).where(nodes_table.c.id == sends).values(seen=0.0))
        found = {node.name: node for node in nodes.listing(connection)}
        for node in (sends, waits, owns):
            nodes.sign_off(connection, node)
        left = [node.name for node in nodes.listing(connection)]
    assert [found[name].is_silent for name in "abc"] == [True, False, False]
    assert [found[name].standing for name in "abc"] == ["", "another process sends", ""]
    assert found["b"].started <= found["b"].seen
    assert left == ["c"]  # what it holds is still to be freed


def test_one_process_at_a_time_sends_from_a_file_and_a_second_learns_which(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with process(SENDER, sqlite_url) as other, SendingLock(engine) as ours:
        assert not ours.try_acquire()
        assert f"process {other.pid} on " in ours.holder()
        other.kill()
        other.wait()
        assert ours.try_acquire()
        assert not SendingLock(engine).try_acquire()
    with SendingLock(engine) as again:
        assert again.try_acquire()
    assert sqlite_file(engine).with_name("notifier.sqlite3.lock").stat().st_mode & 0o077 == 0
    engine.dispose()


def test_on_sqlite_the_holder_of_the_lock_need_not_ask_who_is_dead(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    assert dead(engine) is None
    engine.dispose()


def test_a_killed_owner_is_dead_at_once_and_a_living_one_is_not(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    mine, other = registered(engine, "mine"), registered(engine, "other")
    give_a_message_to(engine, mine, "a@epj.example.no")
    give_a_message_to(engine, other, "b@epj.example.no")
    with nodes.hold(engine, mine), process(NODE, postgres_url, str(other)) as running:
        assert dead(engine) == frozenset()
        running.kill()
        running.wait()
        # The server notices within moments; the test's time limit is the bound.
        while not dead(engine):
            time.sleep(0.01)
        assert dead(engine) == {other}
    assert dead(engine) == {mine, other}
    engine.dispose()


def test_a_lock_lost_with_the_server_is_told_and_taken_again(
    postgres_server: Server, postgres_url: str
) -> None:
    engine = open_engine(postgres_url)
    node = registered(engine, "a")
    give_a_message_to(engine, node, "a@epj.example.no")
    lock = NodeLock(engine, node)
    assert lock.keep()
    assert lock.keep()
    postgres_server.stop()
    postgres_server.start()
    assert not lock.keep()
    assert lock.keep()
    assert dead(engine) == frozenset()
    lock.release()
    engine.dispose()
