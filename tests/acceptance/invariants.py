"""What must hold after every story, whatever went wrong in it: the Ledger, the Outbox and the mail agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select

from notifier.core.message import MessageState
from notifier.core.notice import Outcome
from notifier.core.reply import Fault
from notifier.store.engine import reading
from notifier.store.tables import attempts, messages, notices, subscribers
from tests.acceptance.story import Story
from tests.peers.smtp_script import Mail

ENDED_AS = {
    MessageState.SENT: {Outcome.SENT},
    MessageState.FAILED: {Outcome.FAILED},
    MessageState.UNKNOWN: {Outcome.UNKNOWN},
}
ON_ITS_WAY = {MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING}


def assert_sound(story: Story, mails: Sequence[Mail]) -> None:
    """One recipient a mail, at most two copies, and every row and every mail accounted for."""
    _one_recipient_each(story, mails)
    _copies_are_bounded(story, mails)
    _outbox_matches_mails(story, mails)
    _ledger_matches_outbox(story)
    _trouble_has_alerts(story)
    _within_hours(story, mails)


def assert_finished(story: Story) -> None:
    """Nothing is owed any more and nothing is on its way."""
    assert [row.id for row in _rows(story, notices) if row.outcome == Outcome.OWED] == []
    assert [row.id for row in _rows(story, messages) if row.state in ON_ITS_WAY] == []


def _one_recipient_each(story: Story, mails: Sequence[Mail]) -> None:
    people = {row.address: row.public_id for row in _rows(story, subscribers)}
    for mail in mails:
        (recipient,) = mail.recipients
        assert mail.message["To"] == recipient
        assert not mail.message["Cc"]
        assert not mail.message["Bcc"]
        words = mail.data.decode() + "".join(
            part.get_content() for part in mail.message.walk() if part.get_content_maintype() == "text"
        )
        for address, public_id in people.items():
            if address != recipient:
                assert address not in words
                assert public_id not in words


def _copies_are_bounded(story: Story, mails: Sequence[Mail]) -> None:
    lost = {row.message_id for row in _rows(story, attempts) if row.fault == Fault.AMBIGUOUS}
    doubtful = {row.header_id for row in _rows(story, messages) if row.id in lost}
    for message_id, copies in Counter(mail.message["Message-ID"] for mail in mails).items():
        assert copies <= (2 if message_id in doubtful else 1)


def _outbox_matches_mails(story: Story, mails: Sequence[Mail]) -> None:
    seen = {mail.message["Message-ID"] for mail in mails}
    rows = _rows(story, messages)
    assert seen <= {row.header_id for row in rows}
    for row in rows:
        if row.state == MessageState.SENT:
            assert row.header_id in seen
        if row.copies == 0:
            assert row.header_id not in seen


def _ledger_matches_outbox(story: Story) -> None:
    state = {row.id: MessageState(row.state) for row in _rows(story, messages)}
    told = {row.message_id for row in _rows(story, notices) if row.outcome == Outcome.SENT}
    assert told == {message_id for message_id, found in state.items() if found is MessageState.SENT}
    for row in _rows(story, notices):
        if row.outcome == Outcome.OWED:
            assert row.message_id is None or state[row.message_id] in ON_ITS_WAY
        else:
            assert row.reason or row.outcome in (Outcome.SENT, Outcome.SUSPENDED, Outcome.LEFT)
        for found, outcomes in ENDED_AS.items():
            if row.outcome in outcomes:
                assert state[row.message_id] is found


def _trouble_has_alerts(story: Story) -> None:
    raised = story.alerts()
    for row in _rows(story, messages):
        if row.state in (MessageState.FAILED, MessageState.UNKNOWN):
            assert f"{row.state}:{row.id}" in raised
    if any(row.outcome == Outcome.EXPIRED for row in _rows(story, notices)):
        assert any(key.startswith("expired:") for key in raised)


def _within_hours(story: Story, mails: Sequence[Mail]) -> None:
    timing = story.parts.timing
    rows = {row.header_id: row for row in _rows(story, messages)}
    for mail in mails:
        row, sent = rows[mail.message["Message-ID"]], mail.message["Date"].datetime
        last_chance = row.expires is not None and sent < row.expires <= timing.next_opening(sent)
        assert row.anytime or timing.is_open(sent) or last_chance


def outcomes(story: Story) -> Counter[tuple[str, str]]:
    """How many Notices of each kind ended how."""
    return Counter((row.kind, row.outcome) for row in _rows(story, notices))


def states(story: Story) -> Counter[str]:
    """How many Messages are in each state."""
    return Counter(row.state for row in _rows(story, messages))


def due(story: Story, lead: str) -> datetime:
    """When the reminder with that Lead fell due, as the Ledger has it."""
    return next(row.due for row in _rows(story, notices) if row.lead == lead)


def _rows(story: Story, table: Table) -> list[Row[Any]]:
    with reading(story.parts.engine) as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))
