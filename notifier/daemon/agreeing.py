"""Agreeing on the signing keys: a node that signs with others than its fellows makes links that open nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from notifier.store import alerts, installation
from notifier.store.engine import writing

ALERT = "keys"


def agree_on_keys(engine: Engine, keys: Sequence[str], *, now: datetime) -> bool:
    """Whether this node shares a signing key with the node that started last; if not, operators are told.

    Only fingerprints are stored. One key in common is enough, so that keys can be changed node by node.
    """
    mine = {hashlib.sha256(b"fingerprint\0" + key.encode()).hexdigest()[:16] for key in keys}
    with writing(engine) as connection:
        kept = installation.swap_fingerprints(connection, mine)
        if kept and not kept & mine:
            text = (
                "This node signs links with other keys than the one that started before it, so links in mails that"
                " the other has sent do not open here. Give all nodes the same signing.keys. If the keys were made"
                " anew on purpose, links in older mails are dead, and there is nothing to do"
            )
            alerts.raise_alert(connection, key=ALERT, text=text, now=now)
            return False
        alerts.resolve(connection, key=ALERT, now=now)
        return True
