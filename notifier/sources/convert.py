"""From the list's form to the core's values. What comes in has passed every check."""

from __future__ import annotations

from collections.abc import Mapping

from notifier.core.cadence import parse_cadence
from notifier.core.change import Change, ChangeList, Deadline, EarlierWhen, Link, Service, Source
from notifier.core.text import Text
from notifier.core.when import Certainty, When, parse_when
from notifier.sources.raw import RawChange, RawDeadline, RawEarlier, RawList, RawProse, RawSource, RawTitle


def change_list(raw: RawList) -> ChangeList:
    """The list as the rest of the notifier knows it, with followers' dates filled in."""
    whens = {
        f"{change.id}/{deadline.id}": _when(deadline)
        for change in raw.changes
        for deadline in change.deadlines
        if deadline.when is not None
    }
    return ChangeList(
        revision=raw.revision,
        services=tuple(Service(id=service.id, name=service.name) for service in raw.services),
        changes=tuple(_change(change, whens) for change in raw.changes),
    )


def _change(raw: RawChange, whens: Mapping[str, When]) -> Change:
    return Change(
        id=raw.id,
        service=raw.service,
        checked=raw.checked,
        title=_text(raw.title),
        summary=_text(raw.summary),
        affects=_text(raw.affects),
        action=_text(raw.action),
        source=_source(raw.source),
        contact=raw.contact or "",
        owner=raw.owner or "",
        links=tuple(Link(title=link.title, url=link.url) for link in raw.links),
        national_rollout=raw.national_rollout or "",
        deadlines=tuple(_deadline(deadline, raw, whens) for deadline in raw.deadlines),
    )


def _deadline(raw: RawDeadline, change: RawChange, whens: Mapping[str, When]) -> Deadline:
    return Deadline(
        id=raw.id,
        kind=raw.kind,
        when=whens[raw.follows or f"{change.id}/{raw.id}"],
        title=_text(raw.title) if raw.title else None,
        cadence=parse_cadence(raw.reminders) if raw.reminders else None,
        status=raw.status or change.status,
        follows=raw.follows or "",
        source=_source(raw.source) if raw.source else None,
        earlier=tuple(_earlier(earlier) for earlier in raw.earlier),
    )


def _when(raw: RawDeadline) -> When:
    return parse_when(raw.when or "", certainty=raw.certainty or Certainty.CONFIRMED, stated=raw.stated or "")


def _earlier(raw: RawEarlier) -> EarlierWhen:
    return EarlierWhen(when=parse_when(raw.when, stated=raw.stated or ""), source=raw.source or "")


def _text(raw: RawTitle | RawProse) -> Text:
    return Text(nb=raw.nb, nn=raw.nn, en=raw.en)


def _source(raw: RawSource) -> Source:
    return Source(document=raw.document, url=raw.url or "", published=raw.published)
