"""What a proxy may do to the calendar on its way, seen from outside."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from notifier.jobs.diagnosis.finding import Level
from notifier.jobs.diagnosis.web import look_at_page
from notifier.settings import Settings
from notifier.settings.tables import MailSettings, WebSettings
from tests.peers.certificates import Authority
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import free_port
from tests.web.serving import serving
from tests.web.sites import site

AS_SENT = {
    "Content-Type": "text/calendar; charset=utf-8",
    "ETag": '"abc"',
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@contextmanager
def proxy(headers: Mapping[str, str], *, wrapped: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that answers every HEAD with these headers, encrypted where it is wrapped."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    if wrapped:
        server.socket = wrapped.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at(address: str) -> Settings:
    return Settings(web=WebSettings(base_url=address))


def seen_through(headers: Mapping[str, str]) -> list[tuple[Level, str]]:
    with proxy(headers) as address:
        found = look_at_page(at(address))
        return [(each.level, each.seen) for each in found]


def test_what_arrives_as_it_was_sent_is_fine() -> None:
    assert [level for level, _ in seen_through(AS_SENT)] == [Level.OK]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Content-Type": "text/html"}, "not a calendar"),
        ({"ETag": 'W/"abc"'}, "compressing"),
        ({"Referrer-Policy": ""}, "security headers"),
        ({"X-Content-Type-Options": ""}, "security headers"),
    ],
)
def test_what_a_proxy_changes_is_an_error(changed: dict[str, str], said: str) -> None:
    headers = {name: value for name, value in (AS_SENT | changed).items() if value}
    ((level, seen),) = seen_through(headers)
    assert (level, said in seen) == (Level.ERROR, True)


def test_a_page_that_is_not_there_is_an_error_and_one_that_does_not_answer_is_warned_of() -> None:
    with serving(site()) as client:
        address = f"http://127.0.0.1:{client.port}"
        assert [found.level for found in look_at_page(at(address))] == [Level.OK]
        (found,) = look_at_page(at(f"{address}/elsewhere"))
        assert (found.level, "404" in found.seen) == (Level.ERROR, True)
    assert [found.level for found in look_at_page(at(address))] == [Level.WARNING]


def test_what_speaks_no_http_is_warned_of_in_words(sink: SmtpSink) -> None:
    (found,) = look_at_page(at(f"http://127.0.0.1:{sink.port}"))
    assert (found.level, "does not speak HTTP" in found.seen) == (Level.WARNING, True)


def test_a_certificate_that_is_not_valid_is_an_error() -> None:
    with proxy(AS_SENT, wrapped=Authority().server_context()) as address:
        found = list(look_at_page(at(address.replace("http:", "https:"))))[-1]
    assert (found.level, "certificate" in found.seen, "proxy" in found.advice) == (Level.ERROR, True, True)


def test_a_proxy_whose_word_about_visitors_is_not_trusted_is_warned_of() -> None:
    found = list(look_at_page(at(f"https://127.0.0.1:{free_port()}")))
    assert "web.trusted_proxies" in found[0].advice
    trusting = WebSettings(base_url=f"https://127.0.0.1:{free_port()}", trusted_proxies="127.0.0.1")
    assert [each for each in look_at_page(Settings(web=trusting)) if "trusted" in each.advice] == []


def test_links_that_work_on_this_machine_only_are_an_error_once_mail_is_real() -> None:
    settings = Settings(mail=MailSettings(url="smtp://127.0.0.1"), web=WebSettings(bind="127.0.0.1:9"))
    found, _ = look_at_page(settings)
    assert (found.level, "web.base_url" in found.advice) == (Level.ERROR, True)
