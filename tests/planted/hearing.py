"""Bugs in hearing what people say and choose, and what the list says: each would mute somebody, or lose them a
reminder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from notifier.consent import reconsidering
from notifier.core import settle
from notifier.core.answer import Party
from notifier.core.notice import REMINDERS, Outcome
from notifier.core.settle import Dropped, Settled
from notifier.core.stance import Stance
from notifier.jobs import settling
from notifier.store import cadences, footings, outbox, owing


def news_is_muted(patch: pytest.MonkeyPatch) -> None:
    """Whoever is done with a Change hears no more of it, not even that it was moved."""
    really = settling.settle

    def settled_less(**given: Any) -> Settled:
        settled = really(**given)
        muted = {
            notice
            for notice in settled.kept
            if notice.step.kind not in REMINDERS
            and given["footing"].stance(notice.step.deadline.partition("/")[0]).is_settled
        }
        dropped = [Dropped(notice=each, outcome=Outcome.CANCELLED, reason="done") for each in muted]
        kept = tuple(notice for notice in settled.kept if notice not in muted)
        return replace(settled, kept=kept, dropped=(*settled.dropped, *dropped))

    patch.setattr(settling, "settle", settled_less)


def nothing_is_reopened(patch: pytest.MonkeyPatch) -> None:
    """What an Answer spared stays unsaid when it is taken back."""
    patch.setattr(reconsidering.reopening, "reopen", lambda *_, **__: None)


def composed_before_it_was_answered(patch: pytest.MonkeyPatch) -> None:
    """What was composed before somebody answered leaves as if they had not."""
    patch.setattr(outbox, "recall", lambda *_, **__: None)


def answers_for_the_neighbour(patch: pytest.MonkeyPatch) -> None:
    """What one Party says counts for everybody who is told in the same batch."""
    really = footings._stances

    def stances(*given: Any) -> Mapping[Party, Mapping[str, Stance]]:
        found = really(*given)
        together = {change: stance for theirs in found.values() for change, stance in theirs.items()}
        return dict.fromkeys(given[1], together)

    patch.setattr(footings, "_stances", stances)


def choosing_forgets_what_fell_due(patch: pytest.MonkeyPatch) -> None:
    """By the Leads that somebody chooses, what fell due a moment ago was never owed."""
    patch.setattr(owing, "record_due", lambda *_, **__: None)


def own_leads_are_overlooked(patch: pytest.MonkeyPatch) -> None:
    """Nobody plans by the Leads that Subscribers chose."""
    patch.setattr(cadences, "in_use", lambda _: ())


def days_of_before(patch: pytest.MonkeyPatch) -> None:
    """What was planned for a date is told although it was changed."""
    patch.setattr(settle, "still_speaks", lambda *_: True)
