"""Where a Subscriber stands: everything they follow that lies ahead, has no date, or passed unconfirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifier.compose.links import Links
from notifier.compose.passages import Passage, Phase, passage_of
from notifier.compose.sections import heading_of
from notifier.core.change import ChangeList
from notifier.core.subscription import Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One line a Deadline, in three groups; `changes` counts the Changes they belong to."""

    ahead: tuple[StandingLine, ...]
    undated: tuple[StandingLine, ...]
    passed: tuple[StandingLine, ...]
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLine:
    """One Deadline, in short, with the Change's place on the page."""

    heading: str
    passage: Passage
    contact: str
    url: str


def standing_of(
    *, subscriber: Subscriber, changes: ChangeList, contact: str, links: Links, today: date
) -> Standing:
    """Everything that the Subscriber follows and that is still open, by date."""
    language = subscriber.language
    lines = []
    for change in changes.changes:
        for deadline in change.deadlines if subscriber.follows(change) else ():
            if deadline.is_open:
                passage = passage_of(
                    change=change, deadline=deadline, notices=(), after="", today=today, language=language
                )
                lines.append(
                    StandingLine(
                        heading=heading_of(change, changes, language),
                        passage=passage,
                        contact=change.contact or contact,
                        url=links.change(change.id, language),
                    )
                )
    undated = tuple(line for line in lines if line.passage.phase is Phase.UNDATED)
    passed = tuple(line for line in lines if line.passage.phase is Phase.PASSED)
    ahead = [line for line in lines if line not in undated and line not in passed]
    return Standing(
        ahead=_by_date(ahead), undated=undated, passed=_by_date(passed), changes=len({x.url for x in lines})
    )


def _by_date(lines: Sequence[StandingLine]) -> tuple[StandingLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.passage.deadline.when.earliest or date.max))
