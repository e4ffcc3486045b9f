"""`/mail` shows a trial's own mailbox to whoever sits at this machine, and to nobody else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from notifier.channels.channel import Parcel
from notifier.channels.maildir import MaildirChannel
from notifier.core.letter import LetterKind
from notifier.settings import Settings
from notifier.settings.tables import MailSettings, WebSettings
from notifier.web.neighbour import holder_of
from tests.compose.test_letters import letter
from tests.web.serving import Client, serving
from tests.web.sites import nobody, site


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    mail = letter(LetterKind.CONFIRMATION)
    parcel = Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data)

    async def deliver() -> None:
        line = await MaildirChannel(folder=tmp_path).open()
        await line.send(parcel)
        await line.close()

    uvloop.run(deliver())
    with serving(site(register=replace(nobody(), mailbox=tmp_path))) as client:
        yield client


def name_of(client: Client) -> str:
    return client.get("/mail").text.partition('href="mail/')[2].partition("?")[0]


def test_a_mail_is_listed_and_read_and_its_links_work(client: Client) -> None:
    listing = client.get("/mail?lang=nb")
    assert "Bekreft at du vil ha varsler" in listing.text
    name = name_of(client)
    assert "<iframe" in client.get(f"/mail/{name}").text
    body = client.get(f"/mail/{name}/body")
    assert "/confirm/" in body.text
    assert '<base target="_top">' in body.text
    assert "sandbox" in body.headers["content-security-policy"]
    assert "script-src" not in body.headers["content-security-policy"]


def test_whoever_subscribes_is_led_to_it_and_nobody_else(client: Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"address=kari@epj.example.no&website=filled"
    answers = [
        client.ask("POST", "/subscribe?lang=nn", headers=form | more, body=body)
        for more in ({}, {"Via": "1.0 proxy"})
    ]
    assert ['href="./mail?lang=nn"' in answer.text for answer in answers] == [True, False]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.1"},
        {"Forwarded": "for=203.0.113.1"},
        {"Host": "varsel.example.no"},
        {"Host": "evil.example:8080"},
        {"Host": "localhost.evil.example"},
        {"Via": "1.0 proxy"},
    ],
)
def test_nobody_else_sees_it(client: Client, headers: dict[str, str]) -> None:
    name = name_of(client)
    for path in ("/mail", f"/mail/{name}", f"/mail/{name}/body"):
        assert client.ask("GET", path, headers=headers).status == 404


def test_a_proxy_that_speaks_the_oldest_http_and_says_nothing_of_itself_gets_nothing(client: Client) -> None:
    request = f"GET /mail HTTP/1.0\r\nHost: 127.0.0.1:{client.port}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as proxy:
        proxy.sendall(request.encode())
        assert proxy.recv(13) == b"HTTP/1.1 404 "


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells whose a connection is")
def test_whose_a_connection_is() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.create_server((host, 0), family=family) as door:
            here = (host, door.getsockname()[1])
            with socket.create_connection(here) as end:
                assert holder_of(end=end.getsockname()[:2], other=here) == os.getuid()
            assert holder_of(end=(host, 9), other=here) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can ask as another user")
def test_another_user_of_this_machine_gets_nothing(client: Client) -> None:
    asking = (
        "import os, socket; os.setuid(65534); asked = socket.socket();"
        f"asked.connect(('127.0.0.1', {client.port}));"
        f"asked.send(b'GET /mail HTTP/1.1\\r\\nHost: 127.0.0.1:{client.port}\\r\\n\\r\\n');"
        "print(asked.recv(12).decode()[-3:])"
    )
    told = subprocess.run([sys.executable, "-I", "-c", asking], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "404"


@pytest.mark.parametrize("name", ["x", "..", "..%2f..%2fetc%2fpasswd", ".hidden", "%00"])
def test_only_the_mailboxs_own_files_are_shown(client: Client, name: str) -> None:
    assert client.get(f"/mail/{name}").status == 404


def test_there_is_no_mailbox_where_mail_leaves_the_machine() -> None:
    with serving(site()) as client:
        assert client.get("/mail").status == 404


@pytest.mark.parametrize(
    ("web", "mail", "shown"),
    [
        (WebSettings(), MailSettings(), True),
        (WebSettings(bind="[::1]:8080"), MailSettings(), True),
        (WebSettings(bind="0.0.0.0:8080"), MailSettings(), False),
        (WebSettings(base_url="https://varsel.example.no"), MailSettings(), False),
        (WebSettings(), MailSettings(url="smtp://localhost:25"), False),
    ],
)
def test_it_is_shown_only_while_all_stays_on_this_machine(
    web: WebSettings, mail: MailSettings, shown: bool
) -> None:
    settings = Settings(web=web, mail=mail)
    assert (settings.mailbox is not None and settings.is_for_this_machine_alone) is shown
