"""What Answers make of what lies ahead: whom they spare a reminder, and what promises will have told. A part of
`forecast`; only reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import Answer, AnswerKind, AnswerRules
from notifier.core.change import ChangeList
from notifier.core.notice import NoticeKind
from notifier.core.plan import FanOut
from notifier.core.promise import Promise, due_promises, promises_ahead
from notifier.core.stance import Circumstances, stance_of
from notifier.core.timing import Timing
from notifier.store import answers, concerned, notices, promises
from notifier.store.circumstances import circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Every Answer that counts now, and what decides how long it holds."""

    given: tuple[Answer, ...]
    changes: ChangeList
    met: Circumstances
    now: datetime

    def spared(self, connection: Connection, fan_out: FanOut) -> int:
        """How many of those whom a reminder concerns are spared it, if nothing more is said or seen until then."""
        found = self.changes.deadline(fan_out.step.deadline)
        if fan_out.step.kind is not NoticeKind.REMINDER or found is None:
            return 0
        change, deadline = found
        then = replace(self.met, today=self.met.timing.today(max(fan_out.step.due, self.now)))
        parties = [
            answer.party
            for answer in self.given
            if answer.change_id == change.id
            and stance_of(answer, change=change, circumstances=then).spares(
                deadline, fan_out.step.lead, then.rules
            )
        ]
        return concerned.count_concerned(connection, fan_out, of=parties) if parties else 0

    def due(self, connection: Connection) -> dict[Promise, int]:
        """Promises that have fallen due, and how many people are to be told of each."""
        finished = notices.finished_steps(connection) if self._planned else frozenset()
        found = due_promises(
            self._planned,
            changes=self.changes,
            timing=self.met.timing,
            rules=self.met.rules,
            now=self.now,
            finished=finished,
        )
        return _told(connection, found)

    def ahead(self, connection: Connection, until: datetime) -> dict[Promise, int]:
        """The same for those that will."""
        found = promises_ahead(
            self._planned,
            changes=self.changes,
            timing=self.met.timing,
            rules=self.met.rules,
            now=self.now,
            until=until,
        )
        return _told(connection, found)

    @property
    def _planned(self) -> list[Answer]:
        return [answer for answer in self.given if answer.kind is AnswerKind.PLANNED]


def read_answered(
    connection: Connection, current: ChangeList, *, timing: Timing, rules: AnswerRules, now: datetime
) -> Answered:
    """Read all of it."""
    given = tuple(answers.last_counting(connection).values())
    parties = {answer.party for answer in given}
    met = circumstances(connection, parties, timing=timing, rules=rules, now=now)
    return Answered(given=given, changes=current, met=met, now=now)


def _told(connection: Connection, found: tuple[Promise, ...]) -> dict[Promise, int]:
    told = promises.count_told(connection, found)
    return {each: told.get((each.step.kind, each.step.revision), 0) for each in found}
