"""Canaries: unusual addresses, tokens and secrets go the whole way through a daemon, and come out nowhere in public.

Where they belong, in mails, in the database and in the settings, each of them is found: none only slept.
"""

from __future__ import annotations

import base64
import json
import random
import re
import smtplib
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from sqlalchemy import select

from notifier.store.engine import reading
from notifier.store.tables import alerts, metadata, subscribers
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, Program, free_port, until
from tests.web.serving import Client

SEED = 20261124
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PAGES = (
    "/",
    "/nb",
    "/nn",
    "/en",
    "/nb/calendars",
    "/en/privacy",
    "/nb/accessibility",
    "/subscribe",
    "/style.css",
    "/copy.js",
)
FEEDS = ("/calendar.ics", "/calendar-with-alarms.ics", "/news.atom", "/api/v1/deadlines", "/api/v1/changes")
HEALTH = ("/health/live", "/health/ready")
COMMANDS = ("tick", "plan", "outbox list --json")
LINK = re.compile(
    r"https?://\S+/(confirm|deny|choose|leave|access|undo|private)/([\w.~-]{20,}?)(?:\.ics)?(?=[\s?>\"]|$)"
)


@dataclass
class Canaries:
    """Words that stand for people and secrets. `told` joins the tokens of links, as they are mailed."""

    chance: random.Random
    addresses: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def address(self) -> str:
        """A new one."""
        self.addresses.append(f"{self._word()}.{self._word()}@{self._word()}.example")
        return self.addresses[-1]

    def secret(self) -> str:
        """A new one."""
        self.secrets.append(self._word() + self._word())
        return self.secrets[-1]

    def _word(self) -> str:
        return "".join(self.chance.choices(string.ascii_lowercase, k=12))

    def leaked(self, texts: Mapping[str, str]) -> list[str]:
        """Where any of them is, in whatever spelling."""
        every = [
            *self.addresses,
            *(each.partition("@")[0] for each in self.addresses),
            *self.secrets,
            *self.told,
        ]
        return [
            f"{place}: {canary}"
            for place, text in texts.items()
            for canary in every
            if any(each in text.casefold() for each in _spellings(canary))
        ]


def _spellings(word: str) -> Iterator[str]:
    yield word.casefold()
    yield quote(word, safe="").casefold()
    yield base64.b64encode(word.encode()).decode().rstrip("=").casefold()


@pytest.fixture
def canaries() -> Canaries:
    return Canaries(random.Random(SEED))


def test_what_is_sought_is_found_in_every_spelling(canaries: Canaries) -> None:
    address = canaries.address()
    for spelled in (address, address.upper(), quote(address), json.dumps({"to": f"<{address}>"})):
        assert canaries.leaked({"log": f"so it went: {spelled}!"})
    assert canaries.leaked({"log": base64.b64encode(address.encode()).decode()})
    assert not canaries.leaked({"log": "a@b.example"})


@pytest.mark.timeout(300)
def test_no_canary_comes_out_in_public(tmp_path: Path, canaries: Canaries) -> None:
    password = canaries.secret()
    with SmtpSink(logins={"varsler": password}) as sink:
        metrics, inbox = free_port(), free_port()
        settings = _settings(f"varsler:{password}@{sink.address}", canaries, metrics=metrics, inbox=inbox)
        place = Installation(tmp_path, sink=sink, settings=settings)
        with place.running() as daemon:
            _live(place, daemon, sink, canaries, inbox=inbox)
            public = {path: daemon.get(path) for path in (*PAGES, *FEEDS)}
            texts = {path: answer.text for path, answer in public.items()}
            texts |= {path: daemon.get(path).text for path in (*HEALTH, "/missing")}
            texts["metrics"] = Client(port=metrics).get("/metrics").text
            assert daemon.stop() == 0
        texts |= {"log": daemon.log, "output": daemon.said}
        place.settings["NOTIFIER_LOG__FORMAT"] = "console"
        texts |= {command: place.call(*command.split())[1] for command in COMMANDS}
        with reading(place.engine) as connection:
            texts["alerts"] = str(connection.execute(select(alerts)).all())
            canaries.told |= set(connection.scalars(select(subscribers.c.public_id)))
            stored = "".join(str(connection.execute(select(each)).all()) for each in metadata.sorted_tables)
        canaries.secrets += (tmp_path / "var" / "signing.keys").read_text(encoding="ascii").split()
        mailed = "".join(mail.data.decode() for mail in sink.accepted)
        place.close()

    assert {path for path, answer in public.items() if answer.status != 200} == set()
    assert '"level": "debug"' in texts["log"]
    assert "notifier_" in texts["metrics"]
    assert "failed for good" in texts["alerts"]
    for address in canaries.addresses:
        assert address in stored + mailed
    assert len(canaries.told) >= 8
    assert canaries.leaked(texts) == [], f"seed {SEED}"


def _settings(relay: str, canaries: Canaries, *, metrics: int, inbox: int) -> dict[str, str]:
    """All that is watched, with secrets in every address that may hold one."""
    return {
        "NOTIFIER_MAIL__URL": f"smtp://{relay}",
        "NOTIFIER_MAIL__FROM": "varsel@varsel.example.no",
        "NOTIFIER_METRICS__BIND": f"127.0.0.1:{metrics}",
        "NOTIFIER_INBOX__BIND": f"127.0.0.1:{inbox}",
        "NOTIFIER_OPS__WEBHOOK": f"http://127.0.0.1:9/{canaries.secret()}",
        "NOTIFIER_OPS__HEARTBEAT": f"http://127.0.0.1:9/{canaries.secret()}",
        "NOTIFIER_LOG__FORMAT": "json",
        "NOTIFIER_LOG__LEVEL": "debug",
    }


def _live(place: Installation, daemon: Program, sink: SmtpSink, canaries: Canaries, *, inbox: int) -> None:
    """Subscribing, mail, failures of each kind, a bounce, a letter, hostile requests, leaving."""
    person, refused, put_off, stranger = (canaries.address() for _ in range(4))
    sink.script.for_recipient("rcpt", refused, say(f"550 5.1.1 <{refused.upper()}>: no such user"))
    sink.script.for_recipient("verdict", put_off, say(f"451 4.3.0 {put_off} has no room"))
    place.people_named(refused, put_off)
    _press(daemon, "/subscribe?lang=nb", address=person)
    links = _links(sink, canaries, 1)
    _press(daemon, links["confirm"])
    links |= _links(sink, canaries, 2)
    _press(daemon, links["choose"], access="yes")
    links |= _links(sink, canaries, 3)
    for link in links.values():
        daemon.get(link)
        daemon.get(f"{link}x")
    for path in (f"/{stranger}", f"/nb?q={quote(person)}", f"/leave/{person}", f"/nb/change/{person}"):
        daemon.get(path)
    _press(daemon, "/subscribe?lang=en", address=f"{stranger}>")
    standing = sink.accepted[1]
    _hand_over(inbox, sender="", to=standing.sender, data=_report(standing.sender, person))
    _hand_over(
        inbox, sender=stranger, to=parseaddr(str(standing.message["From"]))[1], data=_question(stranger)
    )
    sink.wait_for(4)
    _press(daemon, links["leave"])
    until(lambda: "failed" in place.states() and place.is_idle(), why=lambda: str(place.states()))


def _press(daemon: Program, path: str, **fields: str) -> None:
    answer = Client(port=daemon.port).ask("POST", path, headers=FORM, body=urlencode(fields).encode())
    assert answer.status < 500


def _links(sink: SmtpSink, canaries: Canaries, count: int) -> dict[str, str]:
    """The paths of the latest mail's links, by purpose, once so many mails have come."""
    mail = sink.wait_for(count, seconds=30)[count - 1].message
    words = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    found = {}
    for match in LINK.finditer(unescape(words)):
        canaries.told.add(match[2])
        found[match[1]] = urlsplit(match[0]).path
    return found


def _hand_over(port: int, *, sender: str, to: str, data: str) -> None:
    with smtplib.LMTP("127.0.0.1", port, timeout=30) as server:
        assert server.sendmail(sender, [to], data.encode()) == {}


def _report(to: str, lost: str) -> str:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {lost}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{lost}> unknown\r\n\r\n--b--\r\n"
    )


def _question(author: str) -> str:
    return (
        f"From: {author}\r\nTo: varsel@varsel.example.no\r\nSubject: Om {author}\r\n\r\nNår stopper FTPS?\r\n"
    )
