"""The daemon's inbox: mail to us, handed over by a local mail server, where the settings say so."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime
from functools import partial

from notifier.app import Parts, may_receive
from notifier.core.change import ChangeList
from notifier.inbox.listener import Listener
from notifier.inbox.receiving import LATER, Inbox, receive, refusal_of


async def receiving(
    parts: Parts,
    door: socket.socket,
    *,
    changes: Callable[[], ChangeList | None],
    clock: Callable[[], datetime | None],
) -> Listener:
    """Take mail at a listening socket. `clock` answers None while the time is in doubt."""
    mailbox = parts.letterhead.mailbox
    if mailbox is None:
        raise ValueError("no address to receive mail at")
    inbox = Inbox(
        engine=parts.engine,
        channel=parts.channel,
        mailbox=mailbox,
        letterhead=parts.letterhead,
        templates=parts.templates,
        changes=changes,
        may_receive=partial(may_receive, parts.settings.mail.only_to),
        pseudonyms=parts.pseudonyms,
        bounce_limit=parts.settings.bounces.limit,
        rules=parts.settings.answer_rules,
        timing=parts.timing,
        clock=clock,
        authenticated_by=parts.settings.inbox.authenticated_by or "",
    )
    listener = Listener(
        largest=parts.settings.inbox.largest,
        refusal=partial(refusal_of, mailbox),
        receive=partial(receive, inbox),
        later=LATER,
    )
    await listener.begin(door)
    return listener
