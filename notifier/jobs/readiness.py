"""Readiness: the picture of every Vendor on every Change, read from the database. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from notifier.core.answer import Answer, AnswerRules, AnswerState, Evidence, Party
from notifier.core.change import Change
from notifier.core.curve import Curve, curve_of
from notifier.core.hearing import Contact
from notifier.core.readiness import (
    Contacts,
    Picture,
    Told,
    VendorLine,
    Waiver,
    condition_of,
    picture_of,
)
from notifier.core.rendering import ids_shown
from notifier.core.stance import Circumstances, is_silent, last_that_counts, stance_of
from notifier.core.subscription import Followed, SubscriberState
from notifier.core.timing import Timing
from notifier.store import answers, changes, contacts, evidence, footings, readiness, vendors, waivers
from notifier.store.readiness import LastTold
from notifier.store.vendors import Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """All that is stored and that the Pictures are computed from, read once for all of them."""

    vendors: Sequence[Vendor]
    contacts: Mapping[str, tuple[int, int, int]]
    followed: Mapping[str, Sequence[Followed]]
    hear_nothing: Mapping[str, Sequence[Contact]]
    announced: Mapping[str, datetime]
    tellings: Mapping[tuple[str, str], LastTold]
    standings: Mapping[str, Sequence[tuple[Collection[str], LastTold]]]
    reminded: Mapping[str, Mapping[str, Collection[datetime]]]
    replies: Mapping[int, str]
    answers: Mapping[tuple[Party, str], Sequence[Answer]]
    evidence: Mapping[str, Mapping[str, Sequence[Evidence]]]
    waivers: Mapping[tuple[str, str], Waiver]
    circumstances: Circumstances


def pictures(
    connection: Connection, chosen: Sequence[Change], *, timing: Timing, rules: AnswerRules, now: datetime
) -> tuple[tuple[Picture, Curve], ...]:
    """The Picture and the Curve of each of these Changes."""
    known = _read(connection, chosen, timing=timing, rules=rules, now=now)
    found = [_picture(known, change) for change in chosen]
    return tuple((picture, _curve(known, picture)) for picture in found)


def _read(
    connection: Connection, chosen: Sequence[Change], *, timing: Timing, rules: AnswerRules, now: datetime
) -> _Known:
    history = changes.history(connection)
    announced = contacts.announced(connection)
    tellings, standings = readiness.tellings(connection), _standings(connection, chosen, announced)
    told = [*tellings.values(), *(last for theirs in standings.values() for _, last in theirs)]
    everybody = vendors.listing(connection)
    keys = [change.key(deadline) for change in chosen for deadline in change.deadlines]
    given: dict[tuple[Party, str], list[Answer]] = {}
    for answer in answers.given(connection):
        given.setdefault((answer.party, answer.change_id), []).append(answer)
    seen = evidence.on_changes(connection, [change.id for change in chosen])
    return _Known(
        vendors=everybody,
        contacts=readiness.counted_contacts(connection, now=now),
        followed=readiness.followed_by_vendor(connection),
        hear_nothing=contacts.where_some_hear_nothing(connection, timing=timing, now=now),
        announced=announced,
        tellings=tellings,
        standings=standings,
        reminded=footings.reminded_vendors(connection, None, keys),
        replies=readiness.replies(connection, {each.message_id for each in told if each.message_id}),
        answers=given,
        evidence=seen,
        waivers=waivers.last_of_each(connection),
        circumstances=Circumstances(
            history=history,
            evidence={
                (vendor, change_id): series[-1]
                for change_id, by_vendor in seen.items()
                for vendor, series in by_vendor.items()
            },
            timing=timing,
            today=timing.today(now),
            rules=rules,
        ),
    )


def _standings(
    connection: Connection, chosen: Sequence[Change], announced: Mapping[str, datetime]
) -> dict[str, list[tuple[Collection[str], LastTold]]]:
    """By Vendor, of which Changes, by their ids, its standing mails told, and when the last did."""
    kept = readiness.standings(connection)
    used = {each.reading for theirs in kept.values() for each in theirs if each.reading is not None}
    lists = {reading.id: reading.changes.changes for reading in changes.readings(connection, used)}
    shown = cache(lambda followed, reading: ids_shown(followed, lists[reading]))
    found: dict[str, list[tuple[Collection[str], LastTold]]] = {}
    for vendor, theirs in kept.items():
        found[vendor] = [(shown(each.followed, each.reading), each.last) for each in theirs]
    for vendor, theirs in readiness.earlier_standings(connection).items():
        for each in theirs:
            then = each.last.last_at
            known = [change for change in chosen if (at := announced.get(change.id)) and at <= then]
            found.setdefault(vendor, []).append((ids_shown(each.followed, known), each.last))
    return found


def _picture(known: _Known, change: Change) -> Picture:
    return picture_of(change, (_line(known, change, vendor) for vendor in known.vendors))


def _line(known: _Known, change: Change, vendor: Vendor) -> VendorLine:
    given = known.answers.get((Party(vendor=vendor.id), change.id), ())
    stance = stance_of(last_that_counts(given), change=change, circumstances=known.circumstances)
    theirs = _contacts(known, change, vendor)
    told = _told(known, change, vendor)
    silent = is_silent(
        reminders=told.reminders if told else 0,
        answered=any(answer.counts for answer in given),
        rules=known.circumstances.rules,
    )
    return VendorLine(
        vendor_id=vendor.id,
        name=vendor.name,
        condition=condition_of(stance, theirs, is_silent=silent),
        stance=stance,
        contacts=theirs,
        told=told,
        evidence=known.circumstances.evidence.get((vendor.id, change.id)),
        waiver=known.waivers.get((vendor.id, change.id)),
        waiting=sum(answer.state is AnswerState.WAITING for answer in given),
    )


def _contacts(known: _Known, change: Change, vendor: Vendor) -> Contacts:
    """How the Vendor's Subscribers can be told of the Change."""
    active, paused, suspended = known.contacts.get(vendor.id, (0, 0, 0))
    announced = known.announced.get(change.id)
    theirs = known.hear_nothing.get(vendor.id, ())
    states = [each.state for each in theirs if each.follows(change, announced=announced)]
    return Contacts(
        active=active,
        paused=paused,
        suspended=suspended,
        follows=any(followed.covers(change) for followed in known.followed.get(vendor.id, ())),
        bounced_follows=SubscriberState.SUSPENDED in states,
        left=states.count(SubscriberState.LEFT),
    )


def _told(known: _Known, change: Change, vendor: Vendor) -> Told | None:
    """What the Vendor was told of any of the Change's Deadlines, or with all that its contacts followed."""
    found = (known.tellings.get((vendor.id, change.key(deadline))) for deadline in change.deadlines)
    shown = known.standings.get(vendor.id, ())
    there = [
        *(telling for telling in found if telling is not None),
        *(telling for ids, telling in shown if change.id in ids),
    ]
    if not there:
        return None
    last = max(there, key=lambda telling: telling.last_at)
    return Told(
        last_at=last.last_at,
        reply=known.replies.get(last.message_id or 0, ""),
        reminders=len(known.reminded.get(vendor.id, {}).get(change.id, ())),
    )


def _curve(known: _Known, picture: Picture) -> Curve:
    change = picture.change
    given = [each for (_, about), theirs in known.answers.items() if about == change.id for each in theirs]
    return curve_of(
        given,
        change=change,
        seen=known.evidence.get(change.id, {}),
        total=len(known.vendors),
        circumstances=known.circumstances,
    )
