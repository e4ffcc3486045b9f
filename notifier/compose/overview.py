"""The overview in a mail: everything its reader follows that lies ahead, has no date, or passed unconfirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from notifier.compose.matter import Matter
from notifier.compose.passages import Passage, passage_of
from notifier.compose.phases import Phase
from notifier.compose.places import Places
from notifier.compose.questions import Question, question_of
from notifier.compose.sections import followed_name, heading_of
from notifier.compose.voice import Voice
from notifier.core.change import Change
from notifier.core.rendering import shows


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLine:
    """One Change in short, its dates in order, with its place on the page.

    `contact` is whom to ask, "" when nobody is named.
    """

    heading: str
    passages: tuple[Passage, ...]
    contact: str
    url: str
    question: Question | None

    @property
    def first_day(self) -> date:
        """The first day of any of it, the end of time where there is none."""
        return _first_day(self.passages[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Lines in three groups; `changes` counts the Changes in all of them."""

    ahead: tuple[OverviewLine, ...]
    undated: tuple[OverviewLine, ...]
    passed: tuple[OverviewLine, ...]
    changes: int

    @property
    def lines(self) -> tuple[OverviewLine, ...]:
        """Those of all groups."""
        return (*self.ahead, *self.undated, *self.passed)


def overview_of(matter: Matter, *, places: Places, voice: Voice) -> Overview:
    """Everything that the Subscriber follows and that is still open, by date."""
    changes, language = matter.changes, matter.language

    def group(belongs: Callable[[Phase], bool]) -> tuple[OverviewLine, ...]:
        lines = []
        for change in changes.changes:
            passages = _passages(matter, change, belongs)
            if passages:
                lines.append(
                    OverviewLine(
                        heading=heading_of(change, changes, language),
                        passages=passages,
                        contact=change.contact or voice.letterhead.contact,
                        url=voice.links.change(change.id, language),
                        question=question_of(matter, change, places=places, voice=voice),
                    )
                )
        return tuple(sorted(lines, key=lambda line: line.first_day))

    ahead = group(lambda phase: phase not in (Phase.UNDATED, Phase.PASSED))
    undated = group(lambda phase: phase is Phase.UNDATED)
    passed = group(lambda phase: phase is Phase.PASSED)
    count = len({line.url for line in (*ahead, *undated, *passed)})
    return Overview(ahead=ahead, undated=undated, passed=passed, changes=count)


def _passages(matter: Matter, change: Change, belongs: Callable[[Phase], bool]) -> tuple[Passage, ...]:
    if not shows(matter.followed, change):
        return ()
    passages = (
        passage_of(
            change=change,
            deadline=deadline,
            told=(),
            after=followed_name(matter.changes, deadline, matter.language),
            today=matter.today,
            language=matter.language,
        )
        for deadline in change.deadlines
        if deadline.is_open
    )
    return tuple(sorted((each for each in passages if belongs(each.phase)), key=_first_day))


def _first_day(passage: Passage) -> date:
    return passage.deadline.when.earliest or date.max
