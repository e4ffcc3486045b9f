"""A passage: what a Message tells of one Deadline, as true as it is at the instant of composing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from notifier.compose.matter import Told
from notifier.compose.phases import Phase, phase_of
from notifier.core.change import Change, Deadline, DeadlineKind, Source
from notifier.core.dates import day_text, ends_text, milestone_text, when_text
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from notifier.core.when import Certainty, When, parse_when
from notifier.core.working_days import is_working_day, working_days_left

HELP_BELOW_DAYS = 30
# What is no news, but says how to take the rest of it, is told after the date.
_ASIDES = (NoticeKind.REMINDER, NoticeKind.ANNOUNCED)
# These come first, in this order; after them what is news.
_URGENT = (NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.QUESTION, NoticeKind.PROMISE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One Deadline with the kinds of Notice that tell of it, most urgent first.

    `days` and `working_days` count from today to `target`, the day that comes next: the first possible one,
    or, when that has passed, the end of the window. `shift` is the number of days gained (negative: lost).
    `milestone` names the Deadline where its Change has several, "" where there is nothing to mix up. `promised`
    is the day by which the reader's Party said it would be ready.
    """

    kinds: tuple[NoticeKind, ...]
    deadline: Deadline
    source: Source
    today: date
    title: str = ""
    milestone: str = ""
    after: str = ""
    old: When | None = None
    promised: date | None = None

    @property
    def news(self) -> tuple[NoticeKind, ...]:
        """The kinds that are told before the date: what has become of it."""
        elsewhere = (*_ASIDES, NoticeKind.ESCALATION)
        return tuple(kind for kind in self.kinds if kind not in elsewhere)

    @property
    def asides(self) -> tuple[NoticeKind, ...]:
        """The kinds that are told after the date."""
        return tuple(kind for kind in self.kinds if kind in _ASIDES)

    @property
    def phase(self) -> Phase:
        """Where today lies beside the date."""
        return phase_of(self.deadline, self.today)

    @property
    def target(self) -> date | None:
        """The day that is counted towards, None when no day lies ahead."""
        if self.phase in (Phase.AHEAD, Phase.TODAY, Phase.WINDOW_AHEAD, Phase.WINDOW_TODAY):
            return self.deadline.when.earliest
        return self.deadline.when.latest if self.phase is Phase.WINDOW_OPEN else None

    @property
    def last_day(self) -> date | None:
        """The last day of the old way, where it is known."""
        earliest = self.deadline.when.earliest
        return earliest - timedelta(days=1) if earliest and self.deadline.when.is_exact else None

    @property
    def days(self) -> int | None:
        """Whole local days to the target."""
        return (self.target - self.today).days if self.target else None

    @property
    def is_counted(self) -> bool:
        """Whether days to come are counted, beside a sentence that says of what."""
        counted = (Phase.AHEAD, Phase.WINDOW_AHEAD, Phase.WINDOW_OPEN)
        return self.target is not None and self.phase in counted

    @property
    def working_days(self) -> int:
        """Working days to the target: today counted, the target not."""
        return working_days_left(self.today, self.target) if self.target else 0

    @property
    def counts_today(self) -> bool:
        """Whether today is one of the working days."""
        return is_working_day(self.today)

    @property
    def is_vague(self) -> bool:
        """Whether some time was announced, but no day."""
        return self.deadline.when.is_set and not self.deadline.when.is_exact

    @property
    def is_tentative(self) -> bool:
        """Whether the announcement was not firm."""
        return self.deadline.when.certainty is Certainty.TENTATIVE

    @property
    def keeps_days(self) -> bool:
        """Whether the days are those from before the news, only more or less certain."""
        return self.old is not None and self.old.same_days(self.deadline.when)

    @property
    def shift(self) -> int | None:
        """Days gained by a move, where both dates are exact."""
        old, new = self.old, self.deadline.when
        if old is None or not (old.is_exact and new.is_exact) or old.earliest is None or new.earliest is None:
            return None
        return (new.earliest - old.earliest).days

    @property
    def is_sooner(self) -> bool:
        """Whether it tells that the date has been moved to an earlier one."""
        was, now = self.old.earliest if self.old else None, self.deadline.when.earliest
        return NoticeKind.MOVED in self.kinds and was is not None and now is not None and now < was

    @property
    def tells_when(self) -> bool:
        """Whether its time is worth a sentence of its own: not once it is over, nor beside “postponed”."""
        postponed = self.phase is Phase.UNDATED and NoticeKind.MOVED in self.kinds
        return self.phase is not Phase.CLOSED and not postponed

    @property
    def needs_help_soon(self) -> bool:
        """Whether so little time is left that one should call when it cannot be done."""
        return self.phase is Phase.WINDOW_OPEN or (self.days is not None and self.days < HELP_BELOW_DAYS)

    def tells_as(self, other: Passage) -> bool:
        """Whether both tell the same kinds of news of the same time, so that one subject says it of both."""
        return self.kinds == other.kinds and self.deadline.when.same_days(other.deadline.when)

    def closes_as(self, other: Passage) -> bool:
        """Whether both end in the same words, which are then said once, after the latter."""
        return (self.asides, self.phase) == (other.asides, other.phase)

    def source_line(self, language: Language) -> str:
        """The document and when it was published: the month alone where the list has the first of it.

        A document known only by its month is entered so; when its title already tells the year, that is enough.
        """
        published, document = self.source.published, self.source.document
        if published is None or (published.day == 1 and str(published.year) in document):
            return document
        if published.day == 1:
            return f"{document}, {when_text(parse_when(f'{published:%Y-%m}'), language)}"
        return f"{document}, {day_text(published, language, weekday=False)}"

    def ends(self, language: Language) -> str:
        """What ends and when, as a clause without its subject."""
        return ends_text(self.deadline.when, language, kind=self.deadline.told_as)


def passage_of(
    *,
    change: Change,
    deadline: Deadline,
    told: Sequence[Told],
    after: str,
    today: date,
    language: Language,
) -> Passage:
    """What Notices tell of one Deadline. `after` names the Change whose date it takes, if any."""
    kinds = tuple(dict.fromkeys(each.kind for each in told))
    old = next((each.old for each in told if each.old is not None), None)
    return Passage(
        kinds=tuple(sorted(kinds, key=_urgency)),
        deadline=deadline,
        source=deadline.source or change.source,
        today=today,
        title=deadline.title[language] if deadline.title else "",
        milestone=_milestone(change, deadline, language),
        after=after,
        old=old,
        promised=next((each.promised for each in told if each.promised is not None), None),
    )


def _urgency(kind: NoticeKind) -> int:
    return _URGENT.index(kind) if kind in _URGENT else len(_URGENT)


def _milestone(change: Change, deadline: Deadline, language: Language) -> str:
    """The Deadline's title, with its kind where that is not simply the end; its kind alone where it has none."""
    if len(change.deadlines) < 2:
        return ""
    kind = milestone_text(deadline.told_as, language)
    if deadline.title is None:
        return kind
    title = deadline.title[language]
    return title if deadline.told_as is DeadlineKind.END else f"{title}, {kind[0].lower()}{kind[1:]}"
