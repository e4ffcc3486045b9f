"""Reports over real LMTP: forged, replayed and stale ones ignored, true ones ending in a suspension."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from notifier.core.subscription import SubscriberState
from notifier.store import alerts, moving
from notifier.store.engine import open_engine, reading, writing
from notifier.store.tables import messages, subscribers
from tests.inbox.letterbox import Letterbox, opened
from tests.inbox.letters import MAILBOX, US, bytes_of
from tests.store.people import JUNE, join, look_up

DAY = timedelta(days=1)


@pytest.fixture
def box(sqlite_url: str) -> Iterator[Letterbox]:
    engine = open_engine(sqlite_url)
    with opened(Letterbox(engine=engine, relay="smtp://127.0.0.1:9", limit=4)) as letterbox:
        yield letterbox
    engine.dispose()


def a_message_was_sent(box: Letterbox, address: str = "kari@epj.example.no") -> int:
    """Somebody joins and is sent their first Message; answers its number."""
    person = join(box.engine, address)
    with writing(box.engine) as connection:
        mine = messages.c.subscriber_id == person.id
        connection.execute(update(messages).where(mine).values(state="sent", copies=1, state_at=box.now))
        number = connection.scalars(select(messages.c.id).where(mine)).one()
    return int(number)


def score(box: Letterbox) -> int:
    with reading(box.engine) as connection:
        return int(connection.scalars(select(subscribers.c.score)).one())


def report(box: Letterbox, name: str, number: int) -> str:
    return box.hand_over(bytes_of(name), sender="", to=MAILBOX.return_path(number, 0))


@pytest.mark.parametrize("name", ["dsn-postfix", "dsn-exchange", "dsn-gmail", "dsn-qmail"])
def test_a_report_that_a_mailbox_is_gone_counts_two(box: Letterbox, name: str) -> None:
    assert report(box, name, a_message_was_sent(box)).startswith("250")
    assert score(box) == 2


@pytest.mark.parametrize("name", ["dsn-exchange-full", "dsn-postfix-gitt-opp"])
def test_a_report_of_passing_trouble_counts_one(box: Letterbox, name: str) -> None:
    report(box, name, a_message_was_sent(box))
    assert score(box) == 1


def test_a_report_that_comes_a_hundred_times_counts_once(box: Letterbox) -> None:
    number = a_message_was_sent(box)
    for hour in range(0, 200, 10):
        box.now = JUNE + timedelta(hours=hour)
        assert report(box, "dsn-postfix", number).startswith("250")
    assert score(box) == 2


def test_forged_reports_are_refused_or_ignored(box: Letterbox) -> None:
    number = a_message_was_sent(box)
    forged = MAILBOX.return_path(number + 1, 0).replace(f"-{number + 1:x}000-", f"-{number:x}000-")
    assert box.hand_over(bytes_of("dsn-postfix"), sender="", to=forged).startswith("550 5.1.1")
    assert box.hand_over(bytes_of("dsn-postfix"), sender="", to=US).startswith("250")
    assert box.hand_over(bytes_of("dsn-postfix"), sender="", to=MAILBOX.leave(1, 0)).startswith("250")
    assert score(box) == 0


def test_what_comes_back_from_a_mailbox_that_was_left_is_not_held_against_the_new_one(box: Letterbox) -> None:
    number = a_message_was_sent(box)
    with writing(box.engine) as connection:
        assert moving.move(connection, number, address="ny@epj.example.no", now=JUNE)
    report(box, "dsn-postfix", number)
    assert score(box) == 0


def test_a_stale_report_is_ignored(box: Letterbox) -> None:
    number = a_message_was_sent(box)
    box.now = JUNE + 30 * DAY
    assert report(box, "dsn-postfix", number).startswith("250")
    assert score(box) == 0


def test_a_call_for_help_that_comes_back_is_passed_on_to_operators(box: Letterbox) -> None:
    person = join(box.engine)
    with writing(box.engine) as connection:
        call = messages.insert().values(
            subscriber_id=person.id,
            state="sent",
            anytime=True,
            created_at=JUNE,
            not_before=JUNE,
            copies=1,
            state_at=JUNE,
            letter="help_wanted",
            letter_to="away@nhn.example.no",
            answer_id=7,
        )
        number = connection.execute(call.returning(messages.c.id)).scalar_one()
    for _ in range(2):
        assert report(box, "dsn-postfix", number).startswith("250")
    with reading(box.engine) as connection:
        (alert,) = alerts.open_alerts(connection)
    assert (alert.key, alert.count) == (f"help:{number}", 1)
    assert "notifier answers show 7" in alert.text
    assert "@" not in alert.text
    assert score(box) == 0


def test_who_bounces_out_is_suspended_and_operators_are_told(box: Letterbox) -> None:
    first = a_message_was_sent(box)
    report(box, "dsn-postfix", first)
    with writing(box.engine) as connection:
        again = messages.insert().values(
            subscriber_id=1,
            state="sent",
            anytime=True,
            created_at=JUNE,
            not_before=JUNE,
            copies=1,
            state_at=JUNE,
        )
        connection.execute(again)
    box.now = JUNE + 2 * DAY
    report(box, "dsn-exchange", first + 1)
    person = look_up(box.engine)
    assert person.state is SubscriberState.SUSPENDED
    with reading(box.engine) as connection:
        (told,) = alerts.open_alerts(connection)
    assert told.key == f"suspended:{person.id}"
    assert "5.1.10 550 5.1.10 RESOLVER.ADR.RecipientNotFound" in told.text
    assert "@" not in told.text


def test_a_letter_sent_on_that_comes_back_is_told_to_operators(box: Letterbox) -> None:
    report(box, "dsn-postfix", 0)
    with reading(box.engine) as connection:
        (told,) = alerts.open_alerts(connection)
    assert told.key == "forwarding"
