"""Caddy understands the configuration that ships, and writes no private address into any log."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.deploy.private_paths import private_paths
from tests.processes.installation import ROOT, free_port, until
from tests.web.serving import Client, serving
from tests.web.sites import site

CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(CADDY is None, reason="caddy is not installed; it comes with Debian")


def configuration(folder: Path, *, port: int | None = None) -> Path:
    """The file that ships, with its paths changed, and for a `port` its address and how long it waits too."""
    text = (ROOT / "deploy" / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    version = subprocess.run([str(CADDY), "version"], check=True, capture_output=True, text=True).stdout
    found = re.match(r"v?(\d+)\.(\d+)", version)
    assert found is not None
    if (int(found[1]), int(found[2])) < (2, 8):
        text = text.replace("log_skip", "skip_log")  # its name before
    if port:
        text = text.replace("\nvarsel.example.no {", f"\nhttp://127.0.0.1:{port} {{")
        text = text.replace("\n{\n", "\n{\n\tadmin off\n", 1).replace(
            "lb_try_duration 5s", "lb_try_duration 1s"
        )
    file = folder / "Caddyfile"
    file.write_text(text.replace("/var/log/caddy", str(folder)), encoding="utf-8")
    return file


@contextmanager
def caddy(folder: Path, *, to: int) -> Iterator[Client]:
    """Caddy by that configuration without TLS, in front of a port; its own log is in `stderr`."""
    here = Client(port=free_port())
    command = [str(CADDY), "run", "--adapter", "caddyfile"]
    environment = {"HOME": str(folder), "PATH": "/usr/bin", "NOTIFIER_UPSTREAMS": f"127.0.0.1:{to}"}
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--config", str(configuration(folder, port=here.port))], stderr=stderr, env=environment
        )
    try:
        until(lambda: _answers(here), why=lambda: (folder / "stderr").read_text(encoding="utf-8")[-500:])
        yield here
    finally:
        process.terminate()
        process.wait(10)


def _answers(client: Client) -> bool:
    try:
        return client.get("/style.css").status == 200
    except OSError:
        return False


def test_caddy_finds_it_valid(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(CADDY), "validate", "--adapter", "caddyfile", "--config", str(configuration(tmp_path))],
        check=False, capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_private_addresses_are_in_no_log_also_when_the_notifier_does_not_answer(tmp_path: Path) -> None:
    with ExitStack() as up:
        notifier = up.enter_context(serving(site()))
        with caddy(tmp_path, to=notifier.port) as proxy:
            assert {proxy.get(path).status for path in private_paths()} <= {200, 404}
            up.close()
            assert proxy.get(private_paths()[-1]).status in (502, 503)
            proxy.get("/en?public")
    logged, errors = (tmp_path / name for name in ("notifier.log", "stderr"))
    assert "/en?public" in logged.read_text(encoding="utf-8")
    assert not {
        word for word in ("remote_ip", "remote_port", '"headers":') if word in logged.read_text("utf-8")
    }
    assert "public-id" not in logged.read_text(encoding="utf-8") + errors.read_text(encoding="utf-8")
