"""Mails that say what they are made from, so that the relay's book can be held against the database."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from notifier.channels.channel import Parcel
from notifier.core.notice import Notice
from notifier.jobs.telling import Telling


def compose(telling: Telling, *, header_id: str, now: datetime) -> Parcel:
    """Such a mail. It leaves out all else that a composer is given."""
    recipient = telling.recipient or ""
    says: dict[str, Any] = {
        "message_id": header_id,
        "to": recipient,
        "letter": telling.message.letter,
        "subscriber": telling.subscriber.id,
        "at": now.isoformat(),
        "revision": telling.changes.revision,
        "tells": [_told(notice) for notice in telling.notices],
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
