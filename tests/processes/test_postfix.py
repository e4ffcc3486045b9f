"""A daemon behind a real Postfix: mail out through it, bounces and letters back through its LMTP client."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.core.bounce import HARD_POINTS
from notifier.store import canaries
from notifier.store.engine import reading
from notifier.store.tables import messages, subscribers
from tests.inbox.letters import US, bytes_of
from tests.peers.postfix import NoPostfixError, Postfix, running_postfix
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, Program, free_port, until

GONE = "gone@epj.example.no"
KARI = "kari@epj.example.no"
OLA = "ola@journal.example.no"


class Place:
    """A daemon, its Postfix, and the world beyond, which refuses one address."""

    def __init__(self, folder: Path, sink: SmtpSink, postfix: Postfix, port: int) -> None:
        self.sink, self.postfix = sink, postfix
        self.installation = Installation(
            folder,
            settings={
                "NOTIFIER_MAIL__URL": f"smtp://{postfix.address}",
                "NOTIFIER_MAIL__FROM": US,
                "NOTIFIER_INBOX__BIND": f"127.0.0.1:{port}",
                "NOTIFIER_BOUNCES__LIMIT": str(HARD_POINTS),
                "NOTIFIER_CANARY__ADDRESS": US.replace("@", "+kanarifugl@"),
            },
        )

    def people(self) -> dict[str, tuple[str, int]]:
        """The state and the points of each address."""
        chosen = select(subscribers.c.address, subscribers.c.state, subscribers.c.score)
        with reading(self.installation.engine) as connection:
            return {row.address: (row.state, row.score) for row in connection.execute(chosen)}

    def state_of(self, address: str) -> str:
        return self.people()[address][0]

    def write(self, name: str, *, sender: str, to: str = US) -> None:
        """Somebody's mail server brings a mail."""
        host, _, port = self.postfix.address.rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=30) as server:
            server.sendmail(sender, to, bytes_of(name))

    def forwarded(self) -> int:
        """How many mails were handed on to the publisher; others may leave meanwhile, such as a goodbye."""
        return sum(mail.recipients == ("varsler@example.no",) for mail in self.sink.accepted)

    def canary_is_back(self) -> bool:
        """Whether the canary flew through the mail server and back."""
        with reading(self.installation.engine) as connection:
            last = canaries.last(connection)
        return last is not None and last.missed_since is None

    def why(self, daemon: Program) -> str:
        return f"{self.people()}\n{self.postfix.log}\n{daemon.log}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port = free_port()
    domain = US.partition("@")[2]
    with SmtpSink() as sink:
        sink.script.for_recipient("rcpt", GONE, say("550 5.1.1 no such user"))
        try:
            started = running_postfix(deliver_to=sink.address, hand_over={domain: f"127.0.0.1:{port}"})
            with started as postfix:
                found = Place(tmp_path, sink, postfix, port)
                yield found
                found.installation.close()
        except NoPostfixError as none:
            pytest.skip(str(none))


def test_bounces_and_letters_come_back_through_a_real_mail_server(place: Place) -> None:
    installation = place.installation
    installation.people_named(GONE, KARI, OLA)
    with installation.running() as daemon:

        def why() -> str:
            return place.why(daemon)

        until(lambda: place.state_of(GONE) == "suspended", why=why)
        sent = {mail.recipients[0]: mail for mail in place.sink.wait_for(2, seconds=30)}
        assert set(sent) == {KARI, OLA}
        assert sent[KARI].sender.startswith("varsel+b-")
        assert sent[KARI].sender != sent[OLA].sender
        with reading(installation.engine) as connection:
            assert set(connection.scalars(select(messages.c.state))) == {"sent"}

        leave = sent[OLA].message["List-Unsubscribe"].partition("mailto:")[2].rstrip("> ")
        place.write("gmail-til-stopp", sender="alias@journal.example.no", to=leave)
        until(lambda: place.state_of(OLA) == "left", why=why)

        place.write("outlook-nb-menneske", sender=KARI)
        until(lambda: place.forwarded() == 1, why=why)
        assert place.state_of(KARI) == "active"

        place.write("exchange-fravaer", sender=KARI, to=sent[KARI].sender)
        place.write("outlook-nb-menneske", sender=KARI)
        until(lambda: place.forwarded() > 1, why=why)
        until(place.canary_is_back, why=why)
        assert place.forwarded() == 2
