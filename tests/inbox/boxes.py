"""Looking into a letterbox: what is to leave, and who is known."""

from __future__ import annotations

from sqlalchemy import func, select

from notifier.store.engine import reading
from notifier.store.tables import messages, subscribers
from tests.inbox.letterbox import Letterbox

KARI = "kari@epj.example.no"
OLA = "ola@journal.example.no"


def letters(box: Letterbox) -> list[str]:
    """Which Letters wait, or waited, oldest first."""
    chosen = select(messages.c.letter).where(messages.c.letter.is_not(None)).order_by(messages.c.id)
    with reading(box.engine) as connection:
        return list(connection.scalars(chosen))


def people(box: Letterbox) -> int:
    """How many Subscribers there are, in whatever state."""
    with reading(box.engine) as connection:
        return connection.scalar(select(func.count()).select_from(subscribers)) or 0
