"""The page of a dossier: what its records say, in words and for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from notifier.compose.sections import heading_of, lowered
from notifier.compose.voice import Voice
from notifier.core.cadence import parse_lead
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.dates import milestone_text
from notifier.core.text import Language
from notifier.core.when import parse_when

_DAYS = ("planned", "last_seen", "until")
_WHENS = ("old", "new", "date")


def proof_page(
    records: Iterable[Mapping[str, Any]],
    *,
    vendor: str,
    change: Change,
    changes: ChangeList,
    head: str,
    voice: Voice,
    language: Language,
    made_at: datetime,
) -> str:
    """The page on a Vendor and a Change; `head` is what the chain of records ends in."""
    read = [_read_again(record) for record in records]
    return voice.templates.render(
        "web/dossier.html.j2",
        language,
        vendor=vendor,
        heading=heading_of(change, changes, language),
        names={
            key: _name(each, deadline, change, changes, language)
            for key, each, deadline in changes.deadlines()
        },
        records=read,
        given={record["answer"]: record for record in read if record["what"] == "answer"},
        head=head,
        made_at=made_at,
        zone=voice.timing.zone,
    )


def _name(change: Change, deadline: Deadline, about: Change, changes: ChangeList, language: Language) -> str:
    """What a Deadline is called on a page `about` a Change: «slutt», another's «Kjernejournal – gammel innlogging,
    slutt»."""
    milestone = deadline.title[language] if deadline.title else milestone_text(deadline.kind, language)
    name = lowered(milestone, changes)
    return name if change.id == about.id else f"{heading_of(change, changes, language)}, {name}"


def _read_again(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of JSON with its instants, days, dates and Leads as values again."""
    found = dict(record)
    if "at" in found:
        found["at"] = datetime.fromisoformat(found["at"])
    for name in _DAYS:
        found[name] = date.fromisoformat(found[name]) if found.get(name) else None
    for name in _WHENS:
        found[name] = parse_when(found[name]) if found.get(name) else None
    found["lead"] = parse_lead(found["lead"]) if found.get("lead") else None
    found["tells"] = [_read_again(each) for each in found.get("tells", ())]
    found["copies"] = [_read_again(each) for each in found.get("copies", ())]
    found["attempts"] = [_read_again(each) for each in found.get("attempts", ())]
    return found
