"""The command `why`: every step of one Subscriber and one Change, its outcome and the rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from notifier.cli.finding import find_change, list_in_force
from notifier.cli.frame import app
from notifier.cli.naming import address_or_erased, attempt_entry, attempt_text, change_name
from notifier.cli.opening import looking
from notifier.cli.options import AsJson, ChangeId, Now
from notifier.cli.people import Person, follows
from notifier.cli.printing import columns, local, print_json, wrapped
from notifier.core.notice import NoticeKind

if TYPE_CHECKING:
    from notifier.core.notice import Step
    from notifier.jobs.explain import Explanation, Told, Untold


@app.command()
def why(
    context: typer.Context,
    address: Person,
    change: ChangeId,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Tell every step of a subscriber and a change.

    What became of it or will, the server's words, and the rule.
    """
    from notifier.jobs.explain import explain

    with looking(context, now) as look:
        find_change(list_in_force(look.engine), change)
        found = explain(
            engine=look.engine,
            timing=look.timing,
            pseudonyms=look.pseudonyms,
            address=address,
            change_id=change,
            now=look.now,
        )
        if as_json:
            print_json(_as_json(found, look.now))
            return
        _show(found, look.now, look.timing.zone)


def _show(found: Explanation, now: datetime, zone: ZoneInfo) -> None:
    person = found.subscriber
    vendor = f" of {person.vendor}" if person.vendor else ""
    joined = local(person.joined_at, zone)
    print(
        wrapped(
            f"{address_or_erased(person)}: {person.state}{vendor}, joined {joined}, follows {follows(person)}"
        )
    )
    print(wrapped(f"{change_name(found.changes, found.change)}"))
    print(columns(_deadlines(found), indent=2))
    lines = sorted(_lines(found, now, zone), key=lambda line: line[0])
    if lines:
        print()
        print(columns([(local(due, zone), what, text) for due, what, text in lines]))


def _deadlines(found: Explanation) -> Iterator[tuple[str, str]]:
    from notifier.core.dates import ends_text
    from notifier.core.reasons import whose_leads
    from notifier.core.text import Language

    for deadline in found.change.deadlines:
        text = ends_text(deadline.when, Language.EN, kind=deadline.told_as)
        if deadline.status:
            text += f"; {deadline.status}: no more reminders"
        elif deadline.when.earliest is None:
            text += ": no reminders until a date is set"
        else:
            text += f"; reminders by {whose_leads(found.subscriber.cadence, deadline)}"
        yield deadline.id, text


def _lines(found: Explanation, now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, str, str]]:
    for told in found.told:
        yield told.notice.step.due, _what(told.notice.step), "\n".join(_became(told, zone))
    for untold in found.untold:
        text = _will_be(untold, now) + (f"\n{untold.day}" if untold.day else "")
        yield untold.step.due, _what(untold.step), text


def _what(step: Step) -> str:
    deadline = step.deadline.partition("/")[2]
    kind = "" if step.kind is NoticeKind.REMINDER else step.kind
    return " ".join(part for part in (deadline, kind, str(step.lead or "")) if part)


def _became(told: Told, zone: ZoneInfo) -> Iterator[str]:
    notice, message = told.notice, told.message
    yield f"{notice.outcome}: {notice.reason}" if notice.reason else notice.outcome.value
    if told.day:
        yield told.day
    if message is None:
        return
    waits = f", not before {local(message.not_before, zone)}" if message.state == "pending" else ""
    yield f"in message {message.id}: {message.state}{waits}"
    for attempt in told.attempts:
        yield f"{local(attempt.at, zone)}  {attempt_text(attempt)}"


def _will_be(untold: Untold, now: datetime) -> str:
    if untold.why_not:
        return f"not told: {untold.why_not}"
    return "to come" if untold.step.due > now else "owed; the next tick records it"


def _as_json(found: Explanation, now: datetime) -> dict[str, Any]:
    person = found.subscriber
    steps = [_told_entry(told) for told in found.told]
    steps += [_untold_entry(untold, now) for untold in found.untold]
    return {
        "now": now,
        "address": person.address,
        "state": person.state,
        "joined_at": person.joined_at,
        "follows": [str(each) for each in person.followed.topics],
        "excluded": [str(each) for each in person.followed.excluded],
        "change": found.change.id,
        "steps": sorted(steps, key=lambda step: step["due"]),
    }


def _step_entry(step: Step, rule: str) -> dict[str, Any]:
    return {
        "due": step.due,
        "kind": step.kind,
        "deadline": step.deadline or None,
        "lead": str(step.lead) if step.lead else None,
        "date": step.date,
        "rule": rule or None,
    }


def _told_entry(told: Told) -> dict[str, Any]:
    message = told.message
    carried = message and {
        "id": message.id,
        "state": message.state,
        "message_id": message.header_id,
        "attempts": [attempt_entry(attempt) for attempt in told.attempts],
    }
    said = {"outcome": told.notice.outcome, "reason": told.notice.reason or None, "message": carried}
    return _step_entry(told.notice.step, told.day) | said


def _untold_entry(untold: Untold, now: datetime) -> dict[str, Any]:
    ahead = "upcoming" if untold.step.due > now else "owed"
    outcome = "not told" if untold.why_not else ahead
    return _step_entry(untold.step, untold.day) | {
        "outcome": outcome,
        "reason": untold.why_not or None,
        "message": None,
    }
