"""Reconsidering: what follows at once where an Answer, or what is known of one, has changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerRules, Party
from notifier.core.change import ChangeList
from notifier.core.reopening import reopened
from notifier.core.stance import stance_of
from notifier.core.timing import Timing
from notifier.store import answers, concerned, outbox, reopening
from notifier.store.changes import in_force
from notifier.store.circumstances import circumstances


def reconsider(
    connection: Connection,
    touched: Collection[tuple[Party, str]],
    *,
    changes: ChangeList,
    rules: AnswerRules,
    timing: Timing,
    now: datetime,
) -> int:
    """Let reminders be owed again that no Answer spares any more, for these Parties and Change ids; answers
    how many. What was composed for these Parties and is not on the wire is composed anew.

    In the transaction that changed what is known, so that no crash loses an owed reminder.
    """
    parties = {party for party, _ in touched}
    known = {change_id: changes.change(change_id) for _, change_id in touched}
    outbox.recall(connection, concerned.ids_of(parties), now=now)
    keys = [change.key(each) for change in known.values() if change for each in change.deadlines]
    weighed = reopening.weighed(connection, parties, keys)
    given = answers.last_counting(connection, parties)
    met = circumstances(connection, parties, timing=timing, rules=rules, now=now)
    again = [
        notice
        for party, change_id in touched
        if (change := known[change_id]) is not None
        for notice in reopened(
            weighed.get(party, ()),
            change=change,
            stance=stance_of(given.get((party, change_id)), change=change, circumstances=met),
            rules=rules,
            now=now,
        )
    ]
    reopening.reopen(connection, again, now=now)
    return len(again)


def reconsider_all(
    connection: Connection, party: Party, *, rules: AnswerRules, timing: Timing, now: datetime
) -> int:
    """The same on every open Change for a Party that somebody belongs to from now on: what another one's Answers
    spared them, this one's may not.

    In the transaction that lets them belong to it, which holds both.
    """
    current = in_force(connection)
    if current is None:
        return 0
    touched = [(party, change.id) for change in current.changes.changes if change.is_open]
    return reconsider(connection, touched, changes=current.changes, rules=rules, timing=timing, now=now)
