"""The nginx configuration that ships, with nothing changed but where it listens and where its files are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.processes.installation import ROOT

_SHIPPED = ROOT / "deploy" / "proxy" / "nginx.conf"


def shipped_nginx(folder: Path, *, to: int, instead: Mapping[str, str]) -> str:
    """Its text for the `http` block, before a daemon on the port `to`; its files are in the folder.

    `instead` says what else stands in whose place.
    """
    text = _SHIPPED.read_text(encoding="utf-8")
    ours = {
        "127.0.0.1:8080": f"127.0.0.1:{to}",
        "listen [::]:": "# listen [::]:",
        "/var/cache/nginx/": f"{folder}/cache-",
        "/var/log/nginx/": f"{folder}/",
    }
    for shipped, here in {**ours, **instead}.items():
        assert shipped in text, f"{_SHIPPED} no longer says {shipped}"
        text = text.replace(shipped, here)
    return text
