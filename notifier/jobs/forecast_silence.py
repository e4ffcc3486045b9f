"""What silence makes of what lies ahead: which reminders will go to every contact of a Vendor that has not answered. A
part of `forecast`; only reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerRules, Party
from notifier.core.change import ChangeList
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import FanOut
from notifier.core.stance import is_silent
from notifier.store import answers, escalating, footings

# By Vendor and Change id, when its reminders fell or fall due.
Reminded = Mapping[str, Mapping[str, Collection[datetime]]]


def escalations(
    connection: Connection,
    *,
    owed: Mapping[FanOut, Collection[str]],
    ahead: Mapping[FanOut, Collection[str]],
    changes: ChangeList,
    rules: AnswerRules,
) -> dict[FanOut, int]:
    """How many more people are told each of these reminders, as contacts of silent Vendors, if nobody answers meanwhile
    and all is sent as it falls due. Both name the Vendors that a step reaches anyway."""
    due, later = ([each for each in steps if _is_told(each)] for steps in (owed, ahead))
    vendors = escalating.vendors_with_contacts(connection) if due or later else ()
    if not vendors:
        return {}
    keys = [key for key, _, _ in changes.deadlines()]
    sent = footings.reminded_vendors(connection, None, keys)
    waiting = footings.reminded_vendors(connection, None, keys, outcome=Outcome.OWED)
    by_then = _together(sent, waiting, _reached({**owed, **ahead}, (*due, *later)))
    said = answers.answered_by(connection, [Party(vendor=vendor) for vendor in vendors])
    answered = {party.vendor: about for party, about in said.items()}
    found: dict[FanOut, int] = {}
    for steps, reminded in ((due, sent), (later, by_then)):
        for step in steps:
            silent = list(_silent(step, vendors, reminded, answered, rules))
            if silent:
                found[step] = escalating.count(connection, step, silent)
    return found


def _is_told(fan_out: FanOut) -> bool:
    return fan_out.step.kind is NoticeKind.REMINDER and fan_out.outcome is Outcome.OWED


def _reached(
    vendors: Mapping[FanOut, Collection[str]], reminders: Iterable[FanOut]
) -> dict[str, dict[str, set[datetime]]]:
    found: dict[str, dict[str, set[datetime]]] = {}
    for each in reminders:
        for vendor in vendors[each]:
            found.setdefault(vendor, {}).setdefault(each.change_id, set()).add(each.step.due)
    return found


def _together(*parts: Reminded) -> Reminded:
    found: dict[str, dict[str, set[datetime]]] = {}
    for part in parts:
        for vendor, by_change in part.items():
            for change_id, due in by_change.items():
                found.setdefault(vendor, {}).setdefault(change_id, set()).update(due)
    return found


def _silent(
    fan_out: FanOut,
    vendors: Iterable[str],
    reminded: Reminded,
    answered: Mapping[str, Collection[str]],
    rules: AnswerRules,
) -> Iterator[str]:
    """Those of these Vendors that are silent when the step falls due."""
    for vendor in vendors:
        before = [
            due for due in reminded.get(vendor, {}).get(fan_out.change_id, ()) if due < fan_out.step.due
        ]
        has_answered = fan_out.change_id in answered.get(vendor, ())
        if is_silent(reminders=len(before), answered=has_answered, rules=rules):
            yield vendor
