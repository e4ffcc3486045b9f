"""What must hold of a world whenever it is looked at: the relay's book, the Outbox, the Ledger and the Alerts agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, select

from notifier.core.letter import OF_STRANGERS
from notifier.core.message import ON_THEIR_WAY, UNCOMPOSED, MessageState
from notifier.core.notice import REMINDERS, Outcome
from notifier.store.engine import reading
from notifier.store.tables import alerts, messages, notices, subscribers
from tests.simulation.process import running
from tests.simulation.relay import Mail

ENDED_AS = {
    Outcome.SENT: MessageState.SENT,
    Outcome.FAILED: MessageState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every row of a world at one moment, and the relay's book."""

    book: Sequence[Mail]
    doubtful: frozenset[str]
    sent_again: frozenset[str]
    messages: dict[int, Row[Any]]
    notices: dict[int, Row[Any]]
    people: dict[int, Row[Any]]
    alerts: dict[str, Row[Any]]

    @property
    def headers(self) -> dict[str, Row[Any]]:
        """The Messages by their Message-ID."""
        return {row.header_id: row for row in self.messages.values() if row.header_id}


def draw_up(
    engine: Engine, *, book: Sequence[Mail], doubtful: Iterable[str], sent_again: Iterable[str]
) -> Accounts:
    """The accounts as they stand; `doubtful` are the Message-IDs whose copies may be on the other side unanswered,
    `sent_again` those in whose place an operator let a new one be sent."""
    with running(None), reading(engine) as connection:
        return Accounts(
            book=book,
            doubtful=frozenset(doubtful),
            sent_again=frozenset(sent_again),
            messages={row.id: row for row in _rows(connection, messages)},
            notices={row.id: row for row in _rows(connection, notices)},
            people={row.id: row for row in _rows(connection, subscribers)},
            alerts={row.key: row for row in _rows(connection, alerts)},
        )


def assert_sound(accounts: Accounts) -> None:
    """What holds at any moment, whatever went wrong."""
    _copies_are_bounded(accounts)
    _strangers_are_capped(accounts)
    _book_and_outbox_agree(accounts)
    _book_and_ledger_agree(accounts)
    _outbox_and_ledger_agree(accounts)
    _answers_mute_no_news(accounts)
    _trouble_has_alerts(accounts)


def _copies_are_bounded(accounts: Accounts) -> None:
    copies: dict[int, list[str]] = defaultdict(list)
    for mail in accounts.book:
        for told in mail.says["tells"]:
            copies[told["id"]].append(mail.message_id)
    for notice_id, ids in copies.items():
        again = set(ids) & accounts.sent_again
        assert len(set(ids) - again) <= 1, f"once: Notice {notice_id} was told under several Message-IDs"
        for header, times in Counter(ids).items():
            assert times <= 2, f"once: Notice {notice_id} was told {times} times"
            assert times == 1 or header in accounts.doubtful, (
                f"once: Notice {notice_id} twice without a doubt"
            )
        assert again <= accounts.doubtful, (
            f"once: Notice {notice_id} was told, and an operator could repeat it"
        )
    tellings = [
        (row.subscriber_id, row.deadline, row.kind, row.lead, row.spoken, row.revision)
        for notice_id, row in accounts.notices.items()
        if notice_id in copies
    ]
    assert len(tellings) == len(set(tellings)), "once: the same thing was told as two Notices"


def _strangers_are_capped(accounts: Accounts) -> None:
    asked: dict[str, set[str]] = defaultdict(set)
    for mail in accounts.book:
        if mail.says["letter"] in OF_STRANGERS:
            asked[mail.recipient].add(mail.message_id)
    for address, ids in asked.items():
        assert len(ids) <= 3, f"consent: {address} was asked more than three times in a month"


def _book_and_outbox_agree(accounts: Accounts) -> None:
    taken = {mail.message_id for mail in accounts.book}
    # Who never confirmed is forgotten, with what was written to them.
    forgotten = {mail.message_id for mail in accounts.book if mail.says["letter"]}
    assert taken <= accounts.headers.keys() | forgotten | accounts.sent_again, (
        "conservation: every mail has a row"
    )
    for row in accounts.messages.values():
        if row.state == MessageState.SENT:
            assert row.header_id in taken, f"conservation: Message {row.id} is sent, and no mail was taken"
        if row.copies == 0:
            assert row.header_id not in taken, f"conservation: Message {row.id} was taken, and counts no copy"
        if row.state == MessageState.UNKNOWN:
            assert row.copies, f"none lost: Message {row.id} is unknown, and counts no copy"
            assert row.header_id in accounts.doubtful, (
                f"none lost: nothing is in doubt about Message {row.id}"
            )


def _book_and_ledger_agree(accounts: Accounts) -> None:
    told = {each["id"]: mail for mail in accounts.book for each in mail.says["tells"]}
    for row in accounts.notices.values():
        mail = told.get(row.id)
        if row.outcome == Outcome.SENT:
            assert mail is not None, f"none lost: Notice {row.id} counts as sent, and no mail tells it"
        elif mail is not None and mail.message_id not in accounts.doubtful:
            on_the_wire = accounts.headers[mail.message_id].state == MessageState.TRANSMITTING
            assert on_the_wire, f"conservation: Notice {row.id} was told, and counts as {row.outcome}"
    for mail in accounts.book:
        for each in mail.says["tells"]:
            owner = accounts.notices[each["id"]].subscriber_id
            assert owner == mail.says["subscriber"], "one recipient: a Notice was told to somebody else"


def _outbox_and_ledger_agree(accounts: Accounts) -> None:
    for row in accounts.notices.values():
        message = accounts.messages.get(row.message_id)
        state = message and MessageState(message.state)
        if row.outcome == Outcome.OWED:
            assert state is None or state in ON_THEIR_WAY, (
                f"none lost: Notice {row.id} is owed, and travels nowhere"
            )
        elif row.outcome == Outcome.UNKNOWN:
            # Its Message may go on with another Notice whose day is not over.
            assert f"unknown:{row.message_id}" in accounts.alerts, (
                f"Notice {row.id} is in doubt without an Alert"
            )
        elif row.outcome in ENDED_AS:
            assert state is ENDED_AS[Outcome(row.outcome)], (
                f"Notice {row.id} is {row.outcome}, its Message {state}"
            )
        elif row.outcome not in (Outcome.SUSPENDED, Outcome.LEFT):
            assert row.reason, f"Notice {row.id} ended as {row.outcome} and does not say why"


def _answers_mute_no_news(accounts: Accounts) -> None:
    for row in accounts.notices.values():
        muted = row.outcome == Outcome.ANSWERED and row.kind not in REMINDERS
        assert not muted, f"answers: Notice {row.id}, which tells {row.kind}, was spared somebody"


def _trouble_has_alerts(accounts: Accounts) -> None:
    for row in accounts.messages.values():
        # What anybody can cause to be sent must not cause Alerts as well.
        if row.state in (MessageState.FAILED, MessageState.UNKNOWN) and row.letter not in OF_STRANGERS:
            stuck = row.state == MessageState.FAILED and row.last_reply.startswith(UNCOMPOSED)
            key = "failed:composing:" if stuck else f"{row.state}:{row.id}"
            has_alert = any(each.startswith(key) for each in accounts.alerts)
            assert has_alert, f"none lost: Message {row.id} without an Alert"
    if any(row.outcome == Outcome.EXPIRED for row in accounts.notices.values()):
        assert any(key.startswith("expired:") for key in accounts.alerts), (
            "none lost: expired without an Alert"
        )
    words = "".join(row.text for row in accounts.alerts.values())
    assert not any(person.address in words for person in accounts.people.values()), (
        "no leak: an Alert names one"
    )


def _rows(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    return connection.execute(select(table)).all()
