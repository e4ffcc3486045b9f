"""Footings: where many Parties stand, in a few queries however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from notifier.core.answer import AnswerRules, Evidence, Party
from notifier.core.change import ChangeList
from notifier.core.footing import Footing
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.stance import Circumstances, Stance, stance_of
from notifier.core.timing import Timing
from notifier.store import answers, partings
from notifier.store.circumstances import circumstances
from notifier.store.tables import notices, vendors


def footings(
    connection: Connection,
    parties: Collection[Party],
    *,
    changes: ChangeList,
    about: Collection[str],
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
) -> dict[Party, Footing]:
    """Where these Parties stand. Whether anybody was reminded is read for the Changes `about`, by their ids: of a
    Change, whichever of its Deadlines a reminder was of."""
    met = circumstances(connection, parties, timing=timing, rules=rules, now=now)
    stances = _stances(connection, parties, changes, met)
    answered = answers.answered_by(connection, parties)
    names = _names(connection, {party.vendor for party in parties if party.vendor})
    keys = [key for key, change, _ in changes.deadlines() if change.id in about]
    reminded = reminded_vendors(connection, names, keys)
    seen: dict[str, dict[str, Evidence]] = {}
    for (vendor, change_id), each in met.evidence.items():
        seen.setdefault(vendor, {})[change_id] = each
    # Of nearly all who stand for themselves nothing is known: they share theirs, and so what they are told.
    found = dict.fromkeys(parties, Footing(rules=rules))
    for party in parties:
        if party.vendor or party in stances or party in answered:
            found[party] = Footing(
                vendor=names.get(party.vendor, ""),
                stances=stances.get(party, {}),
                evidence=seen.get(party.vendor, {}),
                answered=answered.get(party, frozenset()),
                reminded=reminded.get(party.vendor, {}),
                rules=rules,
            )
    return found


def reminded_vendors(
    connection: Connection,
    chosen: Collection[str] | None,
    deadlines: Collection[str],
    *,
    outcome: Outcome = Outcome.SENT,
) -> dict[str, dict[str, set[datetime]]]:
    """By Vendor, of these or of all, and by Change id, when the reminders of these Deadlines fell due that came to
    `outcome` for anybody who spoke for it then."""
    if (chosen is not None and not chosen) or not deadlines:
        return {}
    stay = partings.stays(chosen)
    sent = (
        select(stay.c.vendor_id, notices.c.deadline, notices.c.due)
        .join_from(stay, notices, partings.told_during(stay))
        .where(
            notices.c.deadline.in_(deadlines),
            notices.c.kind == NoticeKind.REMINDER,
            notices.c.outcome == outcome,
        )
        .distinct()
    )
    found: dict[str, dict[str, set[datetime]]] = {}
    for vendor, deadline, due in connection.execute(sent):
        change_id = deadline.partition("/")[0]
        found.setdefault(vendor, {}).setdefault(change_id, set()).add(due)
    return found


def _stances(
    connection: Connection, parties: Collection[Party], changes: ChangeList, met: Circumstances
) -> Mapping[Party, Mapping[str, Stance]]:
    known = {change.id: change for change in changes.changes}
    found: dict[Party, dict[str, Stance]] = {}
    for (party, change_id), answer in answers.last_counting(connection, parties).items():
        if change_id in known:
            stance = stance_of(answer, change=known[change_id], circumstances=met)
            found.setdefault(party, {})[change_id] = stance
    return found


def _names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = connection.execute(select(vendors.c.id, vendors.c.name).where(vendors.c.id.in_(ids)))
    return {row.id: row.name for row in rows}
