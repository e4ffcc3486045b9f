"""The commands `outbox list`, `outbox show` and `outbox retry`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.frame import app
from notifier.cli.naming import attempt_entry, attempt_text
from notifier.cli.opening import changing, looking
from notifier.cli.options import AsJson, By, Now, no_such, parse_day, parse_number, person
from notifier.cli.printing import columns, local, print_json
from notifier.core.text import count
from notifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from notifier.cli.opening import Look
    from notifier.core.message import Message, MessageState
    from notifier.core.notice import Notice
    from notifier.store.messages import Attempt

outbox = typer.Typer(help="Look into the Outbox; send again.", no_args_is_help=True)
app.add_typer(outbox, name="outbox")

# What failed longer ago was mostly seen to in another way, or is of no use by now.
RECENTLY = timedelta(days=3)

Id = Annotated[int, typer.Argument(metavar="ID", parser=parse_number, help="The Message's number.")]
Ids = Annotated[
    list[int] | None, typer.Argument(metavar="ID…", parser=parse_number, help="The Messages' numbers.")
]
Every = Annotated[
    str | None, typer.Option("--all", metavar="STATE", help="Every Message that is failed, or unknown.")
]
Since = Annotated[
    date | None,
    typer.Option(
        "--since",
        metavar="DATE",
        parser=parse_day,
        help="With --all: from which day on they failed; by default the last three days.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="With --all: do it; without, only show what would be sent.")]


@outbox.command(name="list")
def show_all(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option("--state", metavar="STATE", help="Only these; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List Messages, newest first."""
    from notifier.store import messages
    from notifier.store.engine import reading

    states = [_state(typed) for typed in state or ()]
    with looking(context, now) as look, reading(look.engine) as connection:
        found = messages.listing(connection, states=states, limit=limit)
        counts = messages.count_by_state(connection)
    if as_json:
        print_json({"counts": counts, "messages": [_entry(message) for message in found]})
        return
    print(", ".join(f"{number} {state}" for state, number in counts.items()) or "The Outbox is empty.")
    if found:
        print(columns(_row(message, look.timing.zone) for message in found))


@outbox.command()
def show(context: typer.Context, message_id: Id, as_json: AsJson = False, now: Now = None) -> None:
    """Show one Message with every attempt.

    Whose it is, the Notices it carries, and what the server replied.
    """
    from notifier.store import messages, subscribers
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        message = _find(connection, message_id)
        person_told = subscribers.load(connection, [message.subscriber_id])[message.subscriber_id]
        carried = messages.notices_of(connection, message_id)
        attempts = messages.attempts_of(connection, message_id)
    if as_json:
        details = {
            "address": person_told.address,
            "notices": [_notice_entry(notice) for notice in carried],
            "attempts": [attempt_entry(attempt) for attempt in attempts],
        }
        print_json(_entry(message) | details)
        return
    print(columns(_details(message, person_told.address, look.timing.zone)))
    _show_parts(carried, attempts, look.timing.zone)


@outbox.command()
def retry(
    context: typer.Context,
    *,
    ids: Ids = None,
    every: Every = None,
    since: Since = None,
    yes: Yes = False,
    by: By = None,
    now: Now = None,
) -> None:
    """Send unknown or failed Messages again.

    They get new Message-IDs, and may arrive twice if they had arrived already. What they tell is looked at again
    before they leave.
    """
    from notifier.store import messages
    from notifier.store.engine import writing

    if bool(ids) == (every is not None):
        raise UsageError("name the Messages to send again, or --all failed, or --all unknown")
    if every is None and (since is not None or yes):
        raise UsageError("--since and --yes belong to --all")
    if every is not None and not yes:
        _foretell(context, _ended_state(every), since, now)
        return
    with changing(context, now) as look, writing(look.engine) as connection:
        if every is None:
            chosen = _ended(connection, ids or [])
        else:
            start = _start(since, look)
            chosen = list(messages.ended_ids(connection, _ended_state(every), since=start))
        sent_again = messages.retry(connection, chosen, by=person(by), now=look.now)
    which = f"Message {chosen[0]}" if len(chosen) == 1 else count(sent_again, "Message")
    waits, leaves = ("waits", "it leaves") if sent_again == 1 else ("wait", "they leave")
    print(f"{which} {waits} again; {leaves} within seconds under notifier run, else at the next tick.")


def _foretell(context: typer.Context, state: MessageState, since: date | None, now: datetime | None) -> None:
    """Show what would be sent again."""
    from notifier.store import messages
    from notifier.store.engine import reading

    with looking(context, now) as look, reading(look.engine) as connection:
        start = _start(since, look)
        number = len(messages.ended_ids(connection, state, since=start))
        kinds = messages.ended_kinds(connection, state, since=start)
    became = f"became {state} since {local(start, look.timing.zone)}"
    if not number:
        print(f"No Message {became}. For older ones: --since DATE.")
        return
    print(f"{count(number, 'Message')} {became}. Of these so many carry, or are:")
    print(columns([(f"{many:>6}", kind) for kind, many in sorted(kinds.items())]))
    print("Nothing was sent; to send them again, add --yes. Those that failed earlier: --since DATE.")


def _start(since: date | None, look: Look) -> datetime:
    """From when on they are looked for."""
    return look.now - RECENTLY if since is None else look.timing.instant(since, time(0))


def _ended_state(typed: str) -> MessageState:
    from notifier.core.message import RETRIED

    if typed not in RETRIED:
        raise no_such("state to send again from", typed, RETRIED)
    return _state(typed)


def _ended(connection: Connection, ids: Sequence[int]) -> list[int]:
    """The same ids, each once. Raises UsageError when one of them cannot be sent again."""
    from notifier.core.message import RETRIED
    from notifier.store import messages

    found = {message.id: message for message in messages.load(connection, ids)}
    for message_id in ids:
        if message_id not in found:
            raise _no_message(message_id)
        state = found[message_id].state
        if state not in RETRIED:
            raise UsageError(f"message {message_id} is {state}; only failed and unknown ones are sent again")
        if found[message_id].is_forgotten:
            raise UsageError(
                f"message {message_id} went to an address that was left, and is forgotten; it cannot be sent again"
            )
    return list(found)


def _state(typed: str) -> MessageState:
    from notifier.core.message import MessageState

    if typed not in set(MessageState):
        raise no_such("state", typed, list(MessageState))
    return MessageState(typed)


def _find(connection: Connection, message_id: int) -> Message:
    from notifier.store import messages

    found = messages.load(connection, [message_id])
    if not found:
        raise _no_message(message_id)
    return found[0]


def _no_message(message_id: int) -> UsageError:
    return UsageError(f"there is no message {message_id}; see: notifier outbox list")


def _row(message: Message, zone: ZoneInfo) -> tuple[str, ...]:
    waits = f"not before {local(message.not_before, zone)}" if message.state == "pending" else ""
    since = local(message.state_at or message.created_at, zone)
    said = "; ".join(filter(None, (waits or message.last_reply, message.flaw)))
    return f"{message.id:>6}", message.state.value, since, said


def _details(message: Message, address: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    copies = count(message.copies, "copy", "copies")
    rows = [
        (
            "Message",
            f"{message.id}, {message.state} since {local(message.state_at or message.created_at, zone)}",
        ),
        ("To", address),
        ("Made", local(message.created_at, zone)),
        ("Sent", f"{copies}, {count(message.tries + message.refusals, 'time')} refused for the time being"),
        ("Message-ID", message.header_id or "none yet"),
    ]
    if message.state == "pending":
        rows.append(("Waits", f"not before {local(message.not_before, zone)}"))
    if message.flaw:
        rows.append(("Flaw", message.flaw))
    return [*rows, ("Last word", message.last_reply)] if message.last_reply else rows


def _show_parts(carried: tuple[Notice, ...], attempts: tuple[Attempt, ...], zone: ZoneInfo) -> None:
    print("\nCarries")
    print(columns([_notice_row(notice) for notice in carried], indent=2))
    if attempts:
        print("\nAttempts")
        print(columns([(local(each.at, zone), attempt_text(each)) for each in attempts], indent=2))


def _notice_row(notice: Notice) -> tuple[str, str]:
    step = notice.step
    became = f"{notice.outcome}: {notice.reason}" if notice.reason else notice.outcome.value
    return str(step.lead or step.kind), f"{step.deadline} {step.spoken}".strip() + f"\n{became}"


def _entry(message: Message) -> dict[str, Any]:
    names = (
        "id", "subscriber_id", "state", "state_at", "created_at", "not_before", "anytime", "copies", "tries",
        "refusals", "generation", "header_id", "last_reply",
    )  # fmt: skip
    return {name: getattr(message, name) for name in names} | {"flaw": message.flaw or None}


def _notice_entry(notice: Notice) -> dict[str, Any]:
    step = notice.step
    return {
        "id": notice.id,
        "kind": step.kind,
        "deadline": step.deadline or None,
        "lead": str(step.lead) if step.lead else None,
        "date": step.date,
        "due": step.due,
        "outcome": notice.outcome,
        "reason": notice.reason or None,
    }
