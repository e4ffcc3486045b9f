"""A letterbox to try: the real listener on a free port, a real database, a real relay, mail over real LMTP."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import uvloop
from sqlalchemy import Engine

from notifier.app import may_receive
from notifier.channels.choose import choose_channel
from notifier.compose.letterhead import Letterhead
from notifier.compose.mailbox import Mailbox
from notifier.compose.templates import shipped_templates
from notifier.core.answer import AnswerRules
from notifier.core.pseudonym import Pseudonyms
from notifier.inbox.listener import Listener
from notifier.inbox.receiving import LATER, Inbox, receive, refusal_of
from tests.core.lists import TIMING
from tests.inbox.letters import MAILBOX, US, letter, real_list
from tests.store.people import JUNE

CONTACT = "kundesenter@example.no"
T = TypeVar("T")


@dataclass
class Letterbox:
    """The listener's port and what it works with; the hands of its clock can be set."""

    engine: Engine
    relay: str
    now: datetime | None = JUNE
    mailbox: Mailbox = MAILBOX
    only_to: tuple[str, ...] = ()
    largest: int = 1_000_000
    limit: int = 6
    authenticated_by: str = ""
    port: int = 0
    replies: list[str] = field(default_factory=list)

    def inbox(self) -> Inbox:
        """What receiving needs."""
        return Inbox(
            engine=self.engine,
            channel=choose_channel(url=self.relay, password=None, helo="node.example.no"),
            mailbox=self.mailbox,
            letterhead=Letterhead(publisher="Varsler", contact=CONTACT, sender=US, mailbox=self.mailbox),
            templates=shipped_templates(),
            changes=real_list,
            may_receive=partial(may_receive, self.only_to),
            pseudonyms=Pseudonyms(self.mailbox.keys),
            bounce_limit=self.limit,
            rules=AnswerRules(),
            timing=TIMING,
            clock=lambda: self.now,
            authenticated_by=self.authenticated_by,
        )

    def hand_over(self, data: bytes, *, sender: str = "kari@epj.example.no", to: str = US) -> str:
        """Hand a mail over as a mail server does; answers the reply."""
        return hand_over(self.port, data, sender=sender, to=to)

    def write(self, body: str, *, to: str = US, sender: str = "kari@epj.example.no", **parts: Any) -> str:
        """Write a plain mail."""
        return self.hand_over(letter(body, sender=sender, **parts), sender=sender, to=to)


def hand_over(port: int, data: bytes, *, sender: str, to: str) -> str:
    """Hand a mail over at a port; answers the reply that decided: the first refusal, or the last one."""
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as server:
        server.ehlo_or_helo_if_needed()
        code, words = server.mail(sender, [f"size={len(data)}"])
        if code == 250:
            code, words = server.rcpt(to)
        if code == 250:
            code, words = server.data(data)
        return f"{code} {words.decode()}"


@contextmanager
def opened(letterbox: Letterbox) -> Iterator[Letterbox]:
    """Take mail until the block ends."""
    inbox = letterbox.inbox()

    async def begin(door: socket.socket) -> Listener:
        listener = Listener(
            largest=letterbox.largest,
            refusal=partial(refusal_of, letterbox.mailbox),
            receive=partial(receive, inbox),
            later=LATER,
        )
        await listener.begin(door)
        return listener

    with listening(begin) as letterbox.port:
        yield letterbox


@contextmanager
def listening(begin: Callable[[socket.socket], Coroutine[Any, Any, Listener]]) -> Iterator[int]:
    """The free port at which a listener takes mail until the block ends."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="letterbox", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        listener = run(begin(door))
        try:
            yield port
        finally:
            run(listener.close())
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
