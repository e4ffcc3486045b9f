"""The command `send-test`: one real mail, to see that the way out works."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.frame import ATTENTION, app
from notifier.cli.opening import wired
from notifier.cli.options import understood
from notifier.cli.printing import wrapped
from notifier.core.text import Language

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.app import Parts
    from notifier.channels.channel import Parcel
    from notifier.core.change import ChangeList
    from notifier.core.reply import Verdict


@app.command(name="send-test")
def send_test(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets the sample mail.")],
    language: Annotated[Language, typer.Option("--language", help="Its language.")] = Language.NB,
) -> None:
    """Send one sample mail; print the server's word.

    It goes past the Outbox, right now. Exits 1 when it was not sent.
    """
    import uvloop

    from notifier import app as wiring
    from notifier.channels.channel import send_alone
    from notifier.core.address import normal_address

    to = understood(normal_address, address)
    with wired(context) as parts:
        where = parts.channel.describe()
        if not wiring.may_receive(parts.settings.mail.only_to, to):
            print("Not sent: mail.only_to does not include this address.")
            raise typer.Exit(ATTENTION)
        parcel = _sample(parts, to, language, wiring.clock())
        verdict = uvloop.run(send_alone(parts.channel, parcel))
    print(wrapped(_said(verdict, where)))
    if not verdict.is_sent:
        raise typer.Exit(ATTENTION)


def _sample(parts: Parts, address: str, language: Language, now: datetime) -> Parcel:
    from notifier.channels.channel import Parcel
    from notifier.compose.preview import compose_sample
    from notifier.compose.samples import sample
    from notifier.core.notice import NoticeKind

    changes = _changes(parts, now)
    made = sample(
        changes=changes,
        change_id=changes.changes[0].id,
        kind=NoticeKind.STANDING,
        language=language,
        now=now,
        timing=parts.timing,
    )
    # A Message-ID of its own each time: mailboxes hide what they have seen before.
    header_id = f"<test.{now:%Y%m%d%H%M%S%f}{parts.id_suffix}"
    mail = compose_sample(
        replace(
            made,
            message=replace(made.message, header_id=header_id),
            subscriber=replace(made.subscriber, address=address),
        ),
        parts.voice,
    )
    return Parcel(sender=mail.sender, recipient=mail.recipient, data=mail.data)


def _changes(parts: Parts, now: datetime) -> ChangeList:
    """The list in force, before the first reading the one in the file."""
    from notifier.sources.parse import parse_list
    from notifier.store import changes
    from notifier.store.engine import reading

    with reading(parts.engine) as connection:
        current = changes.in_force(connection)
    return current.changes if current else parse_list(parts.source.read(), today=parts.timing.today(now))


def _said(verdict: Verdict, where: str) -> str:
    reply = f"{verdict.code or ''} {verdict.reply}".strip()
    if verdict.is_sent:
        return f"Sent through {where}: {reply}"
    return f"Not sent through {where}; {verdict.fault} trouble at {verdict.phase}: {reply}"
