"""Mails that say what they are made from, so that the relay's book can be held against the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from notifier.channels.channel import Parcel
from notifier.core.change import ChangeList
from notifier.core.message import Message
from notifier.core.notice import Notice
from notifier.core.subscription import Subscriber


def compose(
    *,
    message: Message,
    header_id: str,
    subscriber: Subscriber,
    notices: Sequence[Notice],
    changes: ChangeList,
    recipient: str,
    now: datetime,
    **_: object,
) -> Parcel:
    """Such a mail. It leaves out all else that a composer is given."""
    says: dict[str, Any] = {
        "message_id": header_id,
        "to": recipient,
        "letter": message.letter,
        "subscriber": subscriber.id,
        "at": now.isoformat(),
        "revision": changes.revision,
        "tells": [_told(notice) for notice in notices],
    }
    return Parcel(sender="varsler@example.no", recipient=recipient, data=json.dumps(says).encode("ascii"))


def _told(notice: Notice) -> dict[str, Any]:
    step = notice.step
    return {
        "id": notice.id,
        "deadline": step.deadline,
        "kind": step.kind,
        "spoken": step.spoken,
        "revision": step.revision,
        "due": step.due.isoformat(),
        "expires": step.expires and step.expires.isoformat(),
    }
