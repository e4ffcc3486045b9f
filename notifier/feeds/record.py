"""The machine-readable list: what one Deadline and one Change are in JSON.

Nobody shall have to guess what a date means: `first_day_gone` is the first day on which the old way no longer works,
`last_day` the last day on which it does. Both are null while no single day is known; then `earliest` and `latest` say
between which days the first day gone lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from notifier.core.change import Change, ChangeList, Deadline, DeadlineKind, Source
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.standing import Standing, standing_of
from notifier.core.text import Language, Text
from notifier.core.when import Certainty, Precision, When
from notifier.feeds.markers import sequence_of, uid

STATES = {standing: standing.name.lower().replace("_", "-") for standing in Standing}
STATES_MEAN = (
    "`ahead`: its earliest day is still to come, or an exact date is today; `any-day`: the date is not exact, and its "
    "earliest day has come; `passed`: its latest day is over, and the list does not say what happened; `undated`: no "
    "date is set; `completed` and `withdrawn`: as the list says."
)


class _Record(BaseModel):
    # What it may not hold is left open: fields may be added, and those who validate what they get must not fail then.
    model_config = ConfigDict(frozen=True)


class Words(_Record):
    """The same words in bokmål, nynorsk and English."""

    nb: str
    nn: str
    en: str


class Date(_Record):
    """A date as exactly as it was announced; an open window has no `latest`, and an unknown date neither."""

    first_day_gone: date | None = Field(description="The first day on which the old way no longer works.")
    last_day: date | None = Field(description="The last day on which the old way works.")
    earliest: date | None = Field(description="The earliest day that can be the first day gone.")
    latest: date | None = Field(description="The latest day that can be the first day gone.")
    precision: Precision
    certainty: Certainty
    stated: str = Field(description="The announcement's own words.")


class Move(_Record):
    """Something that took force: what happened to the date, when, and in which revision of the list."""

    at: datetime
    revision: int
    kind: DifferenceKind
    old: Date | None
    new: Date


class SourceRecord(_Record):
    """Where it was announced."""

    document: str
    url: str = Field(description="Empty where the document is not on the web.")
    published: date | None


class LinkRecord(_Record):
    """A page worth reading."""

    title: str
    url: str


class Earlier(_Record):
    """A date that was announced before the list began to keep count."""

    date: Date
    source: str


class _Milestone(_Record):
    id: str = Field(description="Stable for ever: CHANGE/DEADLINE.")
    uid: str = Field(description="The UID of its event in the calendars.")
    change: str
    service: str
    kind: DeadlineKind = Field(description="What stops on that day.")
    title: Words
    state: str = Field(
        description=f"Where it stands today. {STATES_MEAN}", json_schema_extra={"enum": list(STATES.values())}
    )


class DeadlineRecord(Date, _Milestone):
    """One Deadline. `revision` is that of the list in which it last changed."""

    revision: int
    sequence: int = Field(description="How often it changed; the event's SEQUENCE.")
    history: list[Move]
    earlier: list[Earlier]
    source: SourceRecord
    page: Words = Field(description="Where people read about it, in each language.")
    calendar: str = Field(description="The calendar of its change.")


class ServiceRecord(_Record):
    """A national service."""

    id: str
    name: str


class ChangeRecord(_Record):
    """Something vendors must adapt to, with all its Deadlines."""

    id: str
    service: ServiceRecord
    title: Words
    summary: Words
    affects: Words
    action: Words
    contact: str = Field(description="Whom to ask.")
    links: list[LinkRecord]
    source: SourceRecord
    checked: date = Field(description="When it was last verified at its source.")
    deadlines: list[DeadlineRecord]


class ChangeListRecord(_Record):
    """The answer of /api/v1/changes."""

    revision: int = Field(description="The list's revision; it rises whenever something is published.")
    today: date = Field(description="The local day on which the states hold.")
    changes: list[ChangeRecord]


class DeadlineListRecord(_Record):
    """The answer of /api/v1/deadlines."""

    revision: int = Field(description="The list's revision; it rises whenever something is published.")
    today: date = Field(description="The local day on which the states hold.")
    deadlines: list[DeadlineRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where people read of a Change in a language, and where its calendar is, by its id.

    `contact` is whom to ask about one that names nobody.
    """

    page: Callable[[str, Language], str]
    calendar: Callable[[str], str]
    contact: str


def change_record(
    changes: ChangeList,
    change: Change,
    *,
    history: Mapping[str, Sequence[Entry]],
    today: date,
    addresses: Addresses,
) -> ChangeRecord:
    """One Change as JSON has it."""
    service = changes.service(change.service)
    return ChangeRecord(
        id=change.id,
        service=ServiceRecord(id=change.service, name=service.name if service else change.service),
        title=_words(change.title),
        summary=_words(change.summary),
        affects=_words(change.affects),
        action=_words(change.action),
        contact=change.contact or addresses.contact,
        links=[LinkRecord(title=link.title, url=link.url) for link in change.links],
        source=_source(change.source),
        checked=change.checked,
        deadlines=[
            deadline_record(
                changes,
                change,
                deadline,
                entries=history.get(change.key(deadline), ()),
                today=today,
                addresses=addresses,
            )
            for deadline in change.deadlines
        ],
    )


def deadline_record(
    changes: ChangeList,
    change: Change,
    deadline: Deadline,
    *,
    entries: Sequence[Entry],
    today: date,
    addresses: Addresses,
) -> DeadlineRecord:
    """One Deadline as JSON has it."""
    key = change.key(deadline)
    return DeadlineRecord(
        **_date(deadline.when).model_dump(),
        id=key,
        uid=uid(key),
        change=change.id,
        service=change.service,
        kind=deadline.kind,
        title=_words(deadline.title or change.title),
        state=STATES[standing_of(deadline, today)],
        revision=entries[-1].revision if entries else changes.revision,
        sequence=sequence_of(entries),
        history=[_move(entry) for entry in entries],
        earlier=[Earlier(date=_date(each.when), source=each.source) for each in deadline.earlier],
        source=_source(deadline.source or change.source),
        page=Words(**{language: addresses.page(change.id, language) for language in Language}),
        calendar=addresses.calendar(change.id),
    )


def _move(entry: Entry) -> Move:
    difference = entry.difference
    return Move(
        at=entry.at,
        revision=entry.revision,
        kind=difference.kind,
        old=_date(difference.old) if difference.old else None,
        new=_date(difference.new),
    )


def _date(when: When) -> Date:
    exact = when.earliest if when.is_exact else None
    return Date(
        first_day_gone=exact,
        last_day=exact - timedelta(days=1) if exact else None,
        earliest=when.earliest,
        latest=when.latest,
        precision=when.precision,
        certainty=when.certainty,
        stated=when.stated,
    )


def _source(source: Source) -> SourceRecord:
    return SourceRecord(document=source.document, url=source.url, published=source.published)


def _words(text: Text) -> Words:
    return Words(nb=text.nb, nn=text.nn, en=text.en)
