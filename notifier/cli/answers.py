"""Commands about answers: list, show, record what was said on the phone, accept and refuse."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from notifier.cli.finding import find_change, list_in_force
from notifier.cli.frame import app
from notifier.cli.opening import Look, changing, looking
from notifier.cli.options import (
    AsJson,
    By,
    ChangeId,
    Now,
    no_such,
    parse_day,
    parse_number,
    person,
    understood,
)
from notifier.cli.printing import columns, local, print_json, wrapped
from notifier.core.answer import Answer, AnswerKind, AnswerState, Party
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from notifier.consent.answering import Answered

group = typer.Typer(
    help="What vendors answered, and deciding on what waits.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="answers")

AnswerId = Annotated[int, typer.Argument(metavar="ID", parser=parse_number, help="The answer's number.")]
OfVendor = Annotated[str | None, typer.Option("--vendor", metavar="ID", help="The vendor's id.")]
OfPerson = Annotated[
    str | None,
    typer.Option("--address", metavar="ADDRESS", help="A subscriber without a vendor, instead."),
]
WhatIsSaid = Annotated[
    AnswerKind,
    typer.Argument(
        metavar="ANSWER", help="done, planned, not-affected, need-help; none takes an answer back."
    ),
]
PlannedOn = Annotated[
    date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day that is planned.")
]


@group.command("list")
def show_all(
    context: typer.Context,
    *,
    vendor: OfVendor = None,
    change: Annotated[str | None, typer.Option("--change", metavar="ID", help="The change's id.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what waits for a decision.")] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List the answers, oldest first: of one vendor or all, on one change or all."""
    from notifier.store import answers
    from notifier.store.engine import reading

    with looking(context, now) as look:
        party = _vendor(look, vendor) if vendor else None
        with reading(look.engine) as connection:
            given = answers.given(connection, party=party, change_id=change)
        found = [each for each in given if not waiting or each.state is AnswerState.WAITING]
        if as_json:
            print_json([_entry(each) for each in found])
        elif found:
            zone = look.timing.zone
            print(columns([("ID", "At", "For", "Change", "Answer"), *(_row(each, zone) for each in found)]))
            print(f"\n{count(len(found), 'answer')}")
        else:
            print("No answers.")


@group.command()
def show(context: typer.Context, answer_id: AnswerId, as_json: AsJson = False, now: Now = None) -> None:
    """Show one answer: who said what, by which way, and who decided on it."""
    from notifier.store import answers, subscribers
    from notifier.store.engine import reading

    with looking(context, now) as look:
        with reading(look.engine) as connection:
            found = answers.find(connection, answer_id)
            writers = subscribers.load(
                connection, [found.subscriber_id] if found and found.subscriber_id else []
            )
        if found is None:
            raise _no_answer(answer_id)
        writer = writers[found.subscriber_id].address if found.subscriber_id in writers else ""
        if as_json:
            print_json(_entry(found) | {"address": writer or None})
            return
        print(columns(_details(found, writer, look.timing.zone)))


@group.command()
def record(
    context: typer.Context,
    change_id: ChangeId,
    kind: WhatIsSaid,
    *,
    vendor: OfVendor = None,
    address: OfPerson = None,
    on: PlannedOn = None,
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What they said.")] = "",
    by: By = None,
    now: Now = None,
) -> None:
    """Record what a vendor told you, as on the phone.

    It counts as if they had answered by their link.
    """
    from notifier.consent import answering

    with changing(context, now) as look:
        changes = list_in_force(look.engine)
        change = find_change(changes, change_id)
        party = _party(look, vendor, address)
        said = understood(
            lambda planned: answering.record(
                engine=look.engine,
                party=party,
                change_id=change.id,
                kind=kind,
                planned=planned,
                words=words,
                by=person(by),
                changes=changes,
                rules=look.settings.answer_rules,
                timing=look.timing,
                now=look.now,
            ),
            on,
        )
    if said is None:
        raise UsageError(f"the change {change.id} is over, so there is nothing to answer any more")
    print(wrapped(_recorded(said)))


@group.command()
def accept(context: typer.Context, answer_id: AnswerId, by: By = None, now: Now = None) -> None:
    """Let an answer count that came from outside the vendor's mail domains."""
    _decide(context, answer_id, accepted=True, by=by, now=now)
    print(wrapped(f"Answer {answer_id} counts."))


@group.command()
def refuse(context: typer.Context, answer_id: AnswerId, by: By = None, now: Now = None) -> None:
    """Let it never count."""
    _decide(context, answer_id, accepted=False, by=by, now=now)
    print(wrapped(f"Answer {answer_id} is refused; it does not count."))


def _decide(context: typer.Context, answer_id: int, *, accepted: bool, by: str | None, now: Any) -> None:
    from notifier import app as wiring
    from notifier.consent import answering
    from notifier.store import answers
    from notifier.store.engine import reading

    with changing(context, now) as look:
        decided = answering.decide(
            engine=look.engine,
            answer_id=answer_id,
            accepted=accepted,
            by=person(by),
            contact=wiring.letterhead_of(look.settings).contact,
            changes=list_in_force(look.engine),
            rules=look.settings.answer_rules,
            timing=look.timing,
            now=look.now,
        )
        if decided is not None:
            return
        with reading(look.engine) as connection:
            found = answers.find(connection, answer_id)
    if found is None:
        raise _no_answer(answer_id)
    raise UsageError(f"answer {answer_id} does not wait: it {_STATES[found.state]}")


_STATES = {
    AnswerState.COUNTS: "counts",
    AnswerState.REFUSED: "was refused",
    AnswerState.REPLACED: "was replaced by a newer one",
    AnswerState.WAITING: "waits",
}


def _no_answer(answer_id: int) -> UsageError:
    return UsageError(f"there is no answer {answer_id}; list them with: notifier answers list")


def _party(look: Look, vendor: str | None, address: str | None) -> Party:
    from notifier.core.answer import party_of
    from notifier.store import subscribers
    from notifier.store.engine import reading

    if bool(vendor) == bool(address):
        raise UsageError("say for whom: --vendor ID, or --address ADDRESS of somebody without a vendor")
    if vendor:
        return _vendor(look, vendor)
    with reading(look.engine) as connection:
        found = understood(lambda typed: subscribers.find(connection, typed), address or "")
    if found is None:
        raise UsageError(f"nobody with the address “{address}” is or was subscribed")
    if found.vendor:
        raise UsageError(
            f"{address} belongs to the vendor {found.vendor}; record it with --vendor {found.vendor}"
        )
    return party_of(found)


def _vendor(look: Look, vendor_id: str) -> Party:
    from notifier.store import vendors
    from notifier.store.engine import reading

    with reading(look.engine) as connection:
        known = [each.id for each in vendors.listing(connection)]
    if vendor_id not in known:
        raise no_such("vendor", vendor_id, known)
    return Party(vendor=vendor_id)


def _recorded(said: Answered) -> str:
    if not said.is_new:
        return f"That was answered before, as answer {said.answer.id}; nothing was changed."
    late = " That is too late: the old way works no longer then." if said.comes_too_late else ""
    return f"Recorded as answer {said.answer.id}.{late}"


def _what(answer: Answer) -> str:
    return f"{answer.kind} for {answer.planned}" if answer.planned else answer.kind.value


def _row(answer: Answer, zone: ZoneInfo) -> tuple[str, ...]:
    state = "" if answer.counts else f" ({_STATES[answer.state]})"
    return (
        str(answer.id), local(answer.at, zone), str(answer.party), answer.change_id, f"{_what(answer)}{state}"
    )  # fmt: skip


def _details(answer: Answer, writer: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    by = f"{answer.decided_by}, " if answer.decided_by else ""
    decided = f"{by}{local(answer.decided_at, zone)}" if answer.decided_at else ""
    rows = [
        ("Answer", str(answer.id)),
        ("For", str(answer.party)),
        ("Change", answer.change_id),
        ("Says", _what(answer)),
        ("Words", answer.words),
        ("At", local(answer.at, zone)),
        ("By", f"{answer.writer(writer) or 'somebody who was erased'} ({answer.way})"),
        ("Written to", writer if answer.by and writer else ""),
        ("State", _STATES[answer.state]),
        ("Decided", decided),
    ]
    return [row for row in rows if row[1]]


def _entry(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "for": str(answer.party),
        "change": answer.change_id,
        "answer": answer.kind,
        "planned": answer.planned,
        "words": answer.words or None,
        "at": answer.at,
        "way": answer.way,
        "by": answer.by or None,
        "state": answer.state,
        "decided_by": answer.decided_by or None,
        "decided_at": answer.decided_at,
    }
