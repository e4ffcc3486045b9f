"""nginx in front of the daemon, by the configuration that ships: TLS, caching, and what stays out of its log."""

from __future__ import annotations

import http.client
import os
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import trustme

from tests.deploy.private_paths import private_paths
from tests.deploy.shipped import shipped_nginx
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, Program, free_port, until
from tests.web.serving import Answer

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed; it comes with Debian")


class Proxy:
    """A running nginx, asked over TLS."""

    def __init__(self, *, port: int, plain: int, trusted: ssl.SSLContext, log: Path) -> None:
        self._port = port
        self._plain = plain
        self._trusted = trusted
        self._log = log

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """One request on a connection of its own; headers are written as `if_none_match=`."""
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=self._trusted, timeout=10)
        return self._asked(connection, path, method, headers)

    def ask_plainly(self, path: str) -> Answer:
        """A GET without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self._plain, timeout=10)
        return self._asked(connection, path, "GET", {})

    @staticmethod
    def _asked(
        connection: http.client.HTTPConnection, path: str, method: str, headers: Mapping[str, str]
    ) -> Answer:
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers={"Host": "varsel.example.no", **given})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=names, body=response.read())
        finally:
            connection.close()

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def others(self) -> str:
        """What nginx logs wherever a server says nothing of it, as Debian sets it up."""
        return self._log.with_name("access.log").read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        return self._log.with_name("notifier-error.log").read_text(encoding="utf-8")


def configured(folder: Path, *, to: int, port: int, plain: int) -> Path:
    """nginx's main file, around the shipped one."""
    text = shipped_nginx(
        folder,
        to=to,
        instead={
            "listen 443 ": f"listen 127.0.0.1:{port} ",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "/etc/ssl/notifier/": f"{folder}/",
        },
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "main.conf"
    # Its workers would otherwise be another user, who may not enter the tests' folders.
    user = "user root;" if os.geteuid() == 0 else ""
    workers = "worker_processes 2; events {}"
    around = f"{temporary} access_log {folder}/access.log;"
    main.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; {workers}\nhttp {{ {around}\n{text}\n}}\n",
        encoding="utf-8",
    )
    return main


@contextmanager
def nginx(folder: Path, *, to: int) -> Iterator[Proxy]:
    """nginx by the shipped configuration, with nothing changed but ports, paths and the certificate."""
    port, plain = free_port(), free_port()
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(folder / "fullchain.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "privkey.pem"))
    main = configured(folder, to=to, port=port, plain=plain)
    errors = folder / "stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(main)], stderr=stderr)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    proxy = Proxy(port=port, plain=plain, trusted=trusted, log=folder / "notifier.log")
    try:
        until(
            lambda: process.poll() is not None or _answers(proxy),
            why=lambda: errors.read_text(encoding="utf-8")[-500:],
        )
        assert process.poll() is None, errors.read_text(encoding="utf-8")[-500:]
        yield proxy
    finally:
        process.terminate()
        process.wait(10)


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy.ask("/style.css").status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxy, Program]]:
    """The daemon with nginx in front of it."""
    folder = tmp_path_factory.mktemp("proxy")
    with SmtpSink() as sink, Installation(folder / "place", sink=sink).running() as daemon:
        inside = folder / "nginx"
        inside.mkdir()
        with nginx(inside, to=daemon.port) as proxy:
            yield proxy, daemon


def test_a_calendar_arrives_as_it_was_sent_and_is_kept(both: tuple[Proxy, Program]) -> None:
    proxy, daemon = both
    direct, first, second = (
        daemon.get("/calendar.ics"),
        proxy.ask("/calendar.ics"),
        proxy.ask("/calendar.ics"),
    )
    assert first.body == second.body == direct.body
    assert second.headers["x-cache"] == "HIT"
    for name in ("etag", "last-modified", "content-type", "content-disposition", "x-content-type-options"):
        assert second.headers[name] == direct.headers[name]
    assert "content-encoding" not in proxy.ask("/calendar.ics", accept_encoding="gzip").headers


class _Shortlived(BaseHTTPRequestHandler):
    """Calendars that may be kept for a second: of the text that `body` holds now, known by their tag."""

    body: ClassVar[list[bytes]] = []

    def do_GET(self) -> None:
        body = self.body[-1]
        tag = f'"{body.decode()}"'
        is_known = self.headers["If-None-Match"] == tag
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "public, max-age=1")
        if not is_known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if is_known else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the server's name for it
        """Silence."""


def test_what_it_keeps_open_is_what_the_daemon_says_now(tmp_path: Path) -> None:
    # Both of nginx's workers have the file open, are told that it still holds, and then get another.
    _Shortlived.body.append(b"before")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shortlived) as origin:
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        with nginx(tmp_path, to=origin.server_port) as proxy:

            def answers() -> list[bytes]:
                return [proxy.ask("/calendar.ics").body for _ in range(8)]

            assert answers() == [b"before"] * 8
            time.sleep(1.1)
            assert answers() == [b"before"] * 8
            _Shortlived.body.append(b"thereafter")
            time.sleep(1.1)
            until(lambda: proxy.ask("/calendar.ics").body == b"thereafter")
            assert answers() == [b"thereafter"] * 8
        origin.shutdown()


def test_who_has_it_gets_304_from_the_proxy(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    known = proxy.ask("/calendar.ics").headers["etag"]
    assert proxy.ask("/calendar.ics", if_none_match=known).status == 304


def test_the_front_page_is_kept_for_each_language_by_itself(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    for language in ("nn", "en", "nb", "nn", "en"):
        assert proxy.ask("/", accept_language=language).headers["content-language"] == language


def test_links_in_mails_are_neither_kept_nor_logged(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    for path in private_paths():
        for _ in range(2):
            assert proxy.ask(path).headers.get("x-cache") != "HIT", path
    proxy.ask("/en?public")
    until(lambda: "/en?public" in proxy.log)
    assert "public-id" not in proxy.log


def test_a_link_asked_for_without_tls_is_logged_nowhere(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    for path in private_paths():
        assert proxy.ask_plainly(path).status == 301
    proxy.ask("/en?after")
    until(lambda: "/en?after" in proxy.log)
    assert "public-id" not in proxy.log + proxy.others


def test_the_log_does_not_say_who_visited(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    proxy.ask("/en?who", user_agent="Kalender/1.0", referer="https://epj.example.no/")
    until(lambda: "/en?who" in proxy.log)
    assert not {word for word in ("127.0.0.1", "Kalender", "epj.example.no") if word in proxy.log}


def test_browsers_are_told_to_stay_with_tls(both: tuple[Proxy, Program]) -> None:
    proxy, _ = both
    assert "max-age" in proxy.ask("/").headers["strict-transport-security"]


def test_while_the_daemon_is_down_the_last_good_calendar_is_served(both: tuple[Proxy, Program]) -> None:
    proxy, daemon = both
    kept = proxy.ask("/calendar.ics").body
    daemon.kill()
    time.sleep(0.1)
    assert proxy.ask("/calendar.ics").body == kept
    assert [proxy.ask(path).status for path in private_paths()] == [502] * len(private_paths())
    assert "public-id" not in proxy.log + proxy.errors
