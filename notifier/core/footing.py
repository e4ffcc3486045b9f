"""A Footing: where a Party stands on every Change, as far as what it is told depends on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notifier.core.answer import AnswerRules, Evidence
from notifier.core.stance import OPEN, Stance, is_silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Everything by Change id: how the last Answer holds, what was seen of their use, to which reminders nobody
    answered.

    `vendor` is the Vendor's name, "" for a Subscriber without one. `answered` are the Changes on which anything
    was ever answered that counts, also what was taken back; `reminded` says when the reminders fell due that were
    sent to anybody of the Vendor.
    """

    vendor: str = ""
    stances: Mapping[str, Stance] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    reminded: Mapping[str, Collection[datetime]] = field(default_factory=dict)
    rules: AnswerRules = field(default_factory=AnswerRules)

    def stance(self, change_id: str) -> Stance:
        """How their Answer on a Change holds."""
        return self.stances.get(change_id, OPEN)

    def is_silent(self, change_id: str, *, before: datetime) -> bool:
        """Whether so many reminders of the Change, each at an instant `before` this one, went unanswered that
        the whole Vendor is told; nobody without a Vendor is silent."""
        sent = {due for due in self.reminded.get(change_id, ()) if due < before}
        answered = change_id in self.answered
        return bool(self.vendor) and is_silent(reminders=len(sent), answered=answered, rules=self.rules)


ALONE = Footing()
