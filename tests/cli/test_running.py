"""`run`: what keeps the daemon from starting is said at once, with an exit code."""

from __future__ import annotations

import socket

from tests.cli.rehearsal import FIRST_TICK, Rehearsal


def test_a_rehearsal_is_refused(place: Rehearsal) -> None:
    place("tick", now=FIRST_TICK)
    called = place("run")
    assert (called.code, "this database is a rehearsal" in called.err.casefold()) == (2, True)


def test_a_port_in_use_is_named_and_may_be_free_at_the_next_start(place: Rehearsal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        place.set("NOTIFIER_WEB__BIND", f"127.0.0.1:{port}")
        called = place("run")
    assert called.code == 1
    assert f"The address 127.0.0.1:{port} of web.bind is in use already" in called.err


def test_with_no_list_in_force_a_wrong_one_is_told_whole_and_nothing_starts(place: Rehearsal) -> None:
    place.set("NOTIFIER_WEB__BIND", "127.0.0.1:0")
    place.list.write_text("revision = 1\nsevice = []\n", encoding="utf-8")
    called = place("run")
    assert called.code == 1
    assert "sevice" in called.err
    assert "change" in called.err
    assert called.out == ""
