"""Bugs in dealing with what is broken, and with what an operator sends again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, update

from notifier.core.message import Message, MessageState
from notifier.jobs import taking
from notifier.jobs.sender import Sender
from notifier.jobs.settling import settle_claimed
from notifier.jobs.telling import Telling
from notifier.store import messages as outbox
from notifier.store.engine import writing
from notifier.store.tables import messages


def one_stops_all(patch: pytest.MonkeyPatch) -> None:
    """A row that cannot be read ends the sending of all that were claimed with it."""

    def settled(
        sender: Sender, claimed: Sequence[Message], now: datetime
    ) -> tuple[list[Telling], list[tuple[Message, Exception]]]:
        told = {"timing": sender.timing, "rules": sender.rules, "may_receive": sender.may_receive}
        with writing(sender.engine) as connection:
            return settle_claimed(connection, claimed, **told, now=now), []

    patch.setattr(taking, "_settled", settled)


def nobody_hears_of_it(patch: pytest.MonkeyPatch) -> None:
    """What cannot be composed waits, and operators are not told."""
    patch.setattr(outbox, "uncomposed", lambda _: ())


def sent_again_without_its_notices(patch: pytest.MonkeyPatch) -> None:
    """An operator sends a Message again, and what it told stays ended."""

    def retry(connection: Connection, ids: Sequence[int], by: str, now: datetime) -> int:
        values: dict[str, Any] = {
            "state": MessageState.PENDING.value,
            "copies": 0,
            "generation": messages.c.generation + 1,
            "header_id": None,
            "not_before": now,
            "last_reply": f"sent again by {by}",
        }
        return connection.execute(update(messages).where(messages.c.id.in_(ids)).values(values)).rowcount

    patch.setattr(outbox, "_retry", retry)
