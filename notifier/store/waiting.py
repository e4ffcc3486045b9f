"""Which waiting Messages may leave, and in which order they are claimed."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Integer, Select, and_, bindparam, false, func, or_, select, true

from notifier.core.letter import BEHIND_OTHERS
from notifier.core.message import MessageState
from notifier.store import pausing
from notifier.store.tables import messages


@cache
def oldest(*, is_open: bool, behind: bool) -> Select[int]:
    """Which Messages `claim` takes. Put together once: most often that would take longer than finding none."""
    # In the order of an index: else the database looks at all of a million that wait.
    first = _ready(is_open=is_open, behind=behind).order_by(messages.c.not_before, messages.c.id)
    return first.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


@cache
def newest(*, is_open: bool, behind: bool) -> Select[int]:
    """Which Messages `claim` takes first for a probe: never put off, the one that fell due last first."""
    fresh = _ready(is_open=is_open, behind=behind).where(messages.c.deferred_since.is_(None))
    first = fresh.order_by(messages.c.not_before.desc(), messages.c.id.desc())
    return first.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


def _ready(*, is_open: bool, behind: bool) -> Select[int]:
    at, opening = (bindparam(name, type_=messages.c.not_before.type) for name in ("at", "opening"))
    may_leave = or_(messages.c.anytime, true() if is_open else false(), messages.c.expires <= opening)
    comes_last = func.coalesce(messages.c.letter, "").in_(sorted(BEHIND_OTHERS))
    ready = and_(
        messages.c.state == MessageState.PENDING,
        messages.c.not_before <= at,
        may_leave,
        ~pausing.holds(at),
        comes_last if behind else ~comes_last,
    )
    return select(messages.c.id).where(ready)
