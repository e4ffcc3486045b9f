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
    """The key and the text of an Alert where Answers wait for a decision, and where a promise comes too late: one
    for each Party and Change, however often it answers."""
    for answer in answers.waiting(connection):
        text = (
            f"what was answered for {answer.party} on {answer.change_id} came from an address that does not speak"
            f" for them and does not count yet. Look: notifier answers list --waiting --change {answer.change_id};"
            " then: notifier answers accept ID, or refuse ID"
        )
        yield f"{WAITING}{answer.party}:{answer.change_id}", text
    for answer in answers.last_counting(connection, kind=AnswerKind.PLANNED).values():
        if _is_late(answer, current):
            text = (
                f"{answer.party} plans to be ready for {answer.change_id} only when the old way works no longer"
                f" (notifier answers list --change {answer.change_id}). Get in touch with them"
            )
            yield f"{LATE}{answer.party}:{answer.change_id}", text


def _is_late(answer: Answer, current: ChangeList) -> bool:
    change = current.change(answer.change_id)
    return change is not None and answer.planned is not None and comes_too_late(answer.planned, change)
