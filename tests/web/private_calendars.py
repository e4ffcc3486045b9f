"""A private calendar at one address, and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from notifier.core.holder import Held, Holder
from notifier.core.subscription import EVERYTHING, Followed, Topic
from notifier.core.text import Language
from tests.feeds.lists import history_of
from tests.web.serving import Client, serving
from tests.web.sites import NOW, real_list, site

TOKEN = "wBv1c0q9ZqT3xJ4n5sK8LmQ7eR2yU6iO"
URL = f"/calendar/private/{TOKEN}.ics"


def holder(*topics: Topic, language: Language = Language.NN) -> Holder:
    """Somebody who chose these in September 2026."""
    return Holder(
        followed=Followed(topics or (EVERYTHING,)),
        language=language,
        cadence=None,
        cadence_since=None,
        since=NOW - timedelta(days=80),
    )


def ask(answer: Callable[[], Held], act: Callable[[Client], None]) -> None:
    """Act where the one token leads to what `answer` finds at that moment."""
    history = history_of([real_list()])
    with serving(
        site(history=lambda: history, holder=lambda token: answer() if token == TOKEN else None)
    ) as client:
        act(client)
