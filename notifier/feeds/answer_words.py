"""What a private calendar says of its holder's Answers, in bokmål, nynorsk and English."""

from __future__ import annotations

from notifier.core.answer import AnswerKind
from notifier.core.change import Change, Deadline
from notifier.core.dates import day_text
from notifier.core.holder import Mark
from notifier.core.text import Language, Text
from notifier.feeds.feed import Feed

_PLANNED = Text(nb="PLANLAGT", nn="PLANLAGT", en="PLANNED")
_SETTLED = {
    AnswerKind.DONE: Text(nb="FERDIG", nn="FERDIG", en="DONE"),
    AnswerKind.NOT_AFFECTED: Text(nb="GJELDER IKKE OSS", nn="GJELD IKKJE OSS", en="NOT AFFECTED"),
}
_ANSWERED = {
    AnswerKind.DONE: Text(
        nb="Vi svarte «ferdig» {day}.", nn="Vi svarte «ferdig» {day}.", en="We answered “done” on {day}."
    ),
    AnswerKind.NOT_AFFECTED: Text(
        nb="Vi svarte «gjelder ikke oss» {day}.",
        nn="Vi svarte «gjeld ikkje oss» {day}.",
        en="We answered “does not concern us” on {day}.",
    ),
}
_PLAN = Text(
    nb="Denne dagen planlegger vi å være ferdige. Det sto i svaret vårt.",
    nn="Denne dagen planlegg vi å vere ferdige. Det stod i svaret vårt.",
    en="On this day we plan to be done, as we answered.",
)


def settled_summary(mark: Mark, service: str, change: Change, deadline: Deadline, language: Language) -> str:
    """The title of what need not be worried about any more."""
    return f"{_SETTLED[mark.kind][language]}: {service} – {(deadline.title or change.title)[language]}"


def answered_text(mark: Mark | None, feed: Feed) -> str:
    """The paragraph that says so, "" where nothing is settled."""
    if mark is None:
        return ""
    day = day_text(mark.said_at.astimezone(feed.zone).date(), feed.language, weekday=False)
    return _ANSWERED[mark.kind][feed.language].format(day=day) + "\n\n"


def planned_summary(service: str, change: Change, language: Language) -> str:
    """The title of the day that was promised."""
    return f"{_PLANNED[language]}: {service} – {change.title[language]}"


def planned_text(change: Change, language: Language) -> str:
    """What the promised day's event says."""
    return f"{_PLAN[language]}\n\n{change.action[language]}"
