"""The daemon's words to systemd: ready, alive while every loop moves, stopping."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import pytest
import uvloop

from notifier.daemon.loops import Loop
from notifier.daemon.supervisor import tell_supervisor, watch
from tests.deploy.listening import listening
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation


async def idle() -> None:
    """A job that does nothing."""


def a_loop(*, stuck: bool) -> Loop:
    made = Loop(name="send", every=1, patience=10, job=idle)
    made.moved -= 60 if stuck else 0
    return made


def watched(loops: Sequence[Loop]) -> None:
    """Watch for some turns."""

    async def a_while() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(watch(loops, every=0.01), timeout=0.2)

    uvloop.run(a_while())


@pytest.mark.parametrize("abstract", [False, True])
def test_it_shows_that_it_lives_while_every_loop_moves(
    abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(tmp_path, abstract=abstract) as supervisor:
        monkeypatch.setenv("NOTIFY_SOCKET", supervisor.address)
        watched([a_loop(stuck=False)])
        assert supervisor.drain().count("WATCHDOG=1") > 1


def test_one_loop_that_does_not_move_silences_it_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(tmp_path) as supervisor:
        monkeypatch.setenv("NOTIFY_SOCKET", supervisor.address)
        watched([a_loop(stuck=False), a_loop(stuck=True)])
        said = supervisor.drain()
        assert "WATCHDOG=1" not in said
        assert "STATUS=Does not move: send" in said


def test_a_supervisor_that_is_gone_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    tell_supervisor("READY=1")
    monkeypatch.delenv("NOTIFY_SOCKET")
    tell_supervisor("READY=1")


def test_a_daemon_says_when_it_is_ready_that_it_lives_and_when_it_stops(tmp_path: Path) -> None:
    with SmtpSink() as sink, listening(tmp_path) as supervisor:
        place = Installation(tmp_path / "place", sink=sink)
        place.settings = {"NOTIFY_SOCKET": supervisor.address}
        with place.running() as daemon:
            assert supervisor.hears("READY=1")
            assert daemon.get("/health/live").status == 200
            assert supervisor.hears("WATCHDOG=1")
            assert daemon.stop() == 0
        assert supervisor.hears("STOPPING=1")
