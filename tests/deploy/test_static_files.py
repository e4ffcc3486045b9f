"""Published files behind nginx, by the lines that the README gives for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from notifier.daemon.publishing import publish
from notifier.web.application import create_app
from tests.feeds.lists import history_of
from tests.processes.installation import ROOT, free_port, until
from tests.web.serving import Client
from tests.web.sites import real_list, site

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
TYPES = Path("/etc/nginx/mime.types")
pytestmark = pytest.mark.skipif(
    NGINX is None or not TYPES.exists(), reason="nginx is not installed; it comes with Debian"
)


def lines() -> str:
    found = re.search(r"For nginx:\n\n((?: {4}.*\n)+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert found
    return textwrap.dedent(found[1])


@contextmanager
def served(folder: Path, published: Path) -> Iterator[Client]:
    port = free_port()
    parts = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    server = f"listen 127.0.0.1:{port};\n{lines().replace('/srv/varsler', str(published))}"
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ include {TYPES}; access_log off; {parts}\nserver {{ {server} }} }}\n"
    )
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        client = Client(port=port)
        until(lambda: process.poll() is not None or answers(client))
        yield client
    finally:
        process.terminate()
        process.wait(10)


def answers(client: Client) -> bool:
    try:
        return client.get("/robots.txt").status == 200
    except OSError:
        return False


def test_each_address_answers_as_the_daemon_would(tmp_path: Path) -> None:
    published, inside = tmp_path / "published", tmp_path / "nginx"
    inside.mkdir()
    history = history_of([real_list()])
    app = create_app(site(history=lambda: history))
    uvloop.run(publish(app, real_list(), published))
    index = json.loads((published / "published.json").read_bytes())["files"]
    with served(inside, published) as client:
        for name, entry in index.items():
            answer = client.get(entry["path"])
            assert (answer.status, answer.body) == (200, (published / name).read_bytes()), name
            # nginx has older names for style sheets' and scripts' types.
            if not name.endswith((".css", ".js")):
                assert answer.headers["content-type"] == entry["type"], name
            assert answer.headers["cache-control"] == "public, max-age=900"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
        known = client.get("/calendar.ics").headers["etag"]
        assert client.get("/calendar.ics", if_none_match=known).status == 304
        assert client.get("/calendar/unknown.ics").status == 404
