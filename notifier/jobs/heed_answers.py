"""Heeding Answers: those that operators must know of, as Alerts that end by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from notifier.core.answer import Answer, AnswerKind
from notifier.core.change import ChangeList
from notifier.core.stance import comes_too_late
from notifier.store import answers

WAITING = "answer:waiting:"
LATE = "answer:late:"


def to_heed(connection: Connection, current: ChangeList) -> Iterator[tuple[str, str]]:
    """The key and the text of an Alert for each Answer that waits for a decision, and each promise that comes
    too late."""
    for answer in answers.waiting(connection):
        text = (
            f"an answer for {answer.party} on {answer.change_id} ({answer.kind}) came from an address that does not"
            f" speak for them and does not count yet. Look: notifier answers show {answer.id}; then: notifier"
            f" answers accept {answer.id}, or refuse {answer.id}"
        )
        yield f"{WAITING}{answer.id}", text
    for answer in answers.last_counting(connection, kind=AnswerKind.PLANNED).values():
        if _is_late(answer, current):
            text = (
                f"{answer.party} plans to be ready for {answer.change_id} on {answer.planned}, when the old way"
                f" works no longer (notifier answers show {answer.id}). Get in touch with them"
            )
            yield f"{LATE}{answer.id}", text


def _is_late(answer: Answer, current: ChangeList) -> bool:
    change = current.change(answer.change_id)
    return change is not None and answer.planned is not None and comes_too_late(answer.planned, change)
