"""Caddy understands the configuration that ships."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.processes.installation import ROOT

CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(CADDY is None, reason="caddy is not installed; it comes with Debian")


def test_caddy_finds_it_valid(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    version = subprocess.run([str(CADDY), "version"], check=True, capture_output=True, text=True).stdout
    found = re.match(r"v?(\d+)\.(\d+)", version)
    assert found is not None
    if (int(found[1]), int(found[2])) < (2, 8):
        text = text.replace("log_skip", "skip_log")  # its name before
    file = tmp_path / "Caddyfile"
    file.write_text(text.replace("/var/log/caddy", str(tmp_path)), encoding="utf-8")
    done = subprocess.run(
        [str(CADDY), "validate", "--adapter", "caddyfile", "--config", str(file)],
        check=False, capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
