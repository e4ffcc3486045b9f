"""The systemd units: well formed, tight, and the daemon works under what they forbid."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.listening import listening
from tests.deploy.sandbox import CANNOT, settings_of
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import ROOT, Installation

UNITS = ROOT / "deploy" / "systemd"
SERVICES = ("notifier.service", "notifier-tick.service")
SANDBOX = Path(__file__).with_name("sandbox.py")

needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed; it comes with systemd"
)

PROBE = """
import json, mmap, os, socket
def may(deed):
    try:
        deed()
    except OSError:
        return False
    return True
print(json.dumps({
    "write elsewhere": may(lambda: open(os.environ["ELSEWHERE"], "w")),
    "write its state": may(lambda: open("state", "w")),
    "netlink": may(lambda: socket.socket(socket.AF_NETLINK)),
    "internet": may(lambda: socket.socket(socket.AF_INET)),
    "writable code": may(lambda: mmap.mmap(-1, 4096, prot=7)),
    "priority": may(lambda: os.nice(1)),
    "ownership": may(lambda: os.chown("state", 1, 1)),
    "kernel settings": os.path.exists("/proc/sys"),
    "disks": any(name.startswith(("sd", "vd", "nvme")) for name in os.listdir("/dev")),
}))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment or None)


@needs_analyze
@pytest.mark.parametrize("name", [*SERVICES, "notifier-tick.timer"])
def test_systemd_understands_the_unit(name: str, tmp_path: Path) -> None:
    for unit in UNITS.glob("notifier*"):
        text = unit.read_text(encoding="utf-8").replace("/opt/notifier/bin/notifier", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = run("systemd-analyze", "verify", "--man=no", str(tmp_path / name))
    assert (done.returncode, done.stderr) == (0, "")


@needs_analyze
@pytest.mark.parametrize("name", SERVICES)
def test_its_exposure_is_at_most_1_5(name: str) -> None:
    done = run(
        "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", str(UNITS / name)
    )
    assert done.returncode == 0, done.stdout[-300:]


def test_the_tick_is_held_as_tightly_as_the_daemon() -> None:
    marks = ("Protect", "Private", "Restrict", "SystemCall", "Capability", "Memory", "NoNew", "State", "U")
    daemon, tick = (
        {name: value for name, value in settings_of(UNITS / unit).items() if name.startswith(marks)}
        for unit in SERVICES
    )
    assert tick == daemon


@pytest.fixture
def confined(tmp_path: Path, sink: SmtpSink) -> Iterator[Installation]:
    """An installation whose programs run under the unit's restrictions."""
    place = Installation(tmp_path / "place", sink=sink)
    state = place.folder / "var"
    state.mkdir(mode=0o700)
    place.within = (sys.executable, str(SANDBOX), str(UNITS / "notifier.service"), str(state))
    tried = run(*place.within, sys.executable, "-c", "")
    if tried.returncode == CANNOT:
        pytest.skip(f"confining a process needs Linux, root, systemd-analyze and libseccomp: {tried.stderr}")
    yield place
    place.close()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """The relay."""
    with SmtpSink() as server:
        yield server


def test_the_restrictions_are_really_in_force(confined: Installation) -> None:
    done = run(*confined.within, sys.executable, "-c", PROBE, ELSEWHERE=str(confined.folder / "elsewhere"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("true") == 2
    assert '"write its state": true' in done.stdout
    assert '"internet": true' in done.stdout


def test_under_the_units_restrictions_it_mails_serves_and_stops(
    confined: Installation, sink: SmtpSink, tmp_path: Path
) -> None:
    with listening(tmp_path) as supervisor:
        confined.settings = {"NOTIFY_SOCKET": supervisor.address}
        with confined.running() as daemon:
            confined.people_join(1)
            assert len(sink.wait_for(1)) == 1
            assert daemon.get("/calendar.ics").text.startswith("BEGIN:VCALENDAR")
            assert daemon.get("/health/live").status == 200
            assert supervisor.hears("WATCHDOG=1")
            assert daemon.stop() == 0
        assert [line for line in daemon.log.splitlines() if '"error"' in line] == []


def test_under_the_units_restrictions_one_tick_does_all(confined: Installation, sink: SmtpSink) -> None:
    confined.people_join(1)
    unit = str(UNITS / "notifier-tick.service")
    confined.within = (*confined.within[:2], unit, *confined.within[3:])
    code, said = confined.call("tick")
    assert code == 0, said
    assert len(sink.accepted) == 1
