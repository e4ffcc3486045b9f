"""People on their way in, as stories about subscribing need them."""

from __future__ import annotations

from notifier.core.subscription import Subscriber
from notifier.store import subscribers
from notifier.store.engine import reading
from tests.acceptance.announced import change, when
from tests.acceptance.story import KARI
from tests.acceptance.visiting import Visitor, link
from tests.core.lists import oslo

MONDAY = oslo("2026-11-16", "09:00")
LISTED = (
    change("portal"),
    change("fjernhjelp", when("2027-03-01"), service="fjernhjelp"),
    change("par", when("2027-02-01"), service="helseid"),
)


def somebody(visitor: Visitor, address: str = KARI) -> Subscriber | None:
    with reading(visitor.story.parts.engine) as connection:
        return subscribers.find(connection, address)


def known(visitor: Visitor, address: str = KARI) -> Subscriber:
    found = somebody(visitor, address)
    assert found is not None
    return found


def follows(visitor: Visitor, address: str = KARI) -> list[str]:
    return sorted(str(each.topic) for each in known(visitor, address).subscriptions)


def joined(visitor: Visitor, address: str = KARI, **fields: str | list[str]) -> str:
    """The text of the standing mail after the whole way in."""
    assert visitor.subscribes(address, **fields).status == 200
    assert visitor.presses(link(visitor.mail(), "confirm")).status == 200
    return visitor.mail().text


def let_in(visitor: Visitor, choose: str) -> str:
    """A fresh link to what is stored."""
    visitor.presses(choose, access="yes")
    return link(visitor.mail(), "access")
