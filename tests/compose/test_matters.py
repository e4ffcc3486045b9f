"""Matters: what was put together for one Message is told by another only where it says the very same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.compose.matter import matter_of
from notifier.compose.matters import Matters
from notifier.compose.samples import letter_sample, sample
from notifier.core.cadence import parse_lead
from notifier.core.footing import ALONE, Footing
from notifier.core.letter import LetterKind
from notifier.core.notice import NoticeKind
from notifier.core.subscription import EVERYTHING, Exclusion, Subscription, parse_topic
from notifier.core.text import Language
from notifier.core.when import parse_when
from tests.compose.mails import listed, old_login
from tests.compose.spliced import KINDS, NOW
from tests.core.lists import LONG_AGO, TIMING, a_change, a_deadline

LISTS = [
    listed(old_login(a_deadline(day)), a_change("tba", name="b", service="preg"))
    for day in ("2026-12-01", "2027-01-15")
]
HISTORIES: list[dict[str, Any]] = [{}, {"gammel-innlogging/end": ()}]
SILENT = Footing(
    vendor="Lege & Lys AS", reminded={"gammel-innlogging": {LONG_AGO, LONG_AGO + timedelta(days=1)}}
)
FOLLOWED = [(EVERYTHING,), (parse_topic("service:preg"),), (parse_topic("change:b"), EVERYTHING)]
LEFT_OUT = [(), (Exclusion(topic=parse_topic("service:preg")),)]


def _message(kind: NoticeKind | LetterKind, *, changes: Any, **chosen: Any) -> dict[str, Any]:
    """What a Message is composed from, as `matter_of` takes it."""
    given = {"changes": changes, "language": chosen["language"], "now": NOW}
    if isinstance(kind, LetterKind):
        made = letter_sample(kind=kind, **given)
    else:
        made = sample(kind=kind, change_id="gammel-innlogging", timing=TIMING, **given)
    follows = tuple(Subscription(topic=topic, since=LONG_AGO) for topic in chosen["topics"])
    notices = [
        replace(each, old=chosen["old"] or each.old, step=replace(each.step, lead=chosen["lead"]))
        for each in made.notices
    ]
    return {
        "message": made.message,
        "subscriber": replace(
            made.subscriber,
            id=chosen["person"],
            subscriptions=follows,
            exclusions=chosen["excluded"],
        ),
        "notices": notices,
        "ask": made.ask,
        "changes": changes,
        "history": chosen["history"],
        "footing": chosen["footing"],
        "given": made.given,
        "now": NOW + timedelta(minutes=chosen["later"]),
    }


CHOICES: dict[str, list[Any]] = {
    "changes": LISTS,
    "language": list(Language),
    "topics": FOLLOWED,
    "excluded": LEFT_OUT,
    "person": [1, 2, 3],
    "old": [None, parse_when("2026-10-01")],
    "lead": [parse_lead("7d"), parse_lead("30d")],
    "history": HISTORIES,
    "footing": [ALONE, SILENT, replace(SILENT, vendor="Lys & Lege AS")],
    "later": [0, 24 * 60],
}


@pytest.mark.parametrize("kind", KINDS)
@given(
    chosen=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
    other=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
)
@settings(max_examples=8, deadline=None)
def test_every_message_has_the_matter_that_is_put_together_for_it_alone(
    kind: NoticeKind | LetterKind, chosen: dict[str, Any], other: dict[str, Any]
) -> None:
    matters, first = Matters(TIMING), _message(kind, **chosen)
    for name in CHOICES:  # no two differ in more than one thing
        for each in (first, _message(kind, **chosen | {name: other[name]})):
            assert matters.of(**each) == matter_of(**each, timing=TIMING)


def test_those_who_are_told_the_same_share_what_they_are_told() -> None:
    matters = Matters(TIMING)
    chosen = {"language": Language.NB, "topics": (EVERYTHING,), "excluded": (), "old": None, "lead": None}
    chosen |= {"history": HISTORIES[0], "footing": ALONE, "later": 0, "changes": LISTS[0]}
    first, second = (_message(NoticeKind.REMINDER, person=number, **chosen) for number in (1, 2))
    assert matters.of(**first) is matters.of(**second)
