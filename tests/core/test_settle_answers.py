"""Answers mute reminders, never news; whoever answers nothing is told all that they were told before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import Answer, AnswerKind
from notifier.core.footing import ALONE, Footing
from notifier.core.notice import Notice, NoticeKind, Outcome
from notifier.core.stance import Doubt, Stance
from tests.core.lists import a_deadline, oslo
from tests.core.settling import lists_of, news_of, reminders_of, settled, untold
from tests.core.test_stance import an_answer

NOW = oslo("2026-11-24")
STANCES = st.builds(
    Stance,
    answer=st.sampled_from([*AnswerKind]).map(lambda kind: an_answer(kind, "2026-11-20")),
    doubt=st.none() | st.sampled_from(Doubt),
)


def footing(answer: Answer | None = None, doubt: Doubt | None = None) -> Footing:
    return Footing(vendor="Blåbær EPJ", stances={"portal": Stance(answer=answer, doubt=doubt)})


def leads(*wanted: str) -> list[Notice]:
    return [each for each in reminders_of(a_deadline()) if str(each.step.lead) in wanted]


def became(notices: list[Notice], where: Footing) -> list[tuple[str, str]]:
    found = settled(lists_of("2026-12-01"), notices, footing=where, now=NOW)
    return [(str(notice.step.lead), "told") for notice in found.kept] + [
        (str(drop.notice.step.lead), str(drop.outcome)) for drop in found.dropped
    ]


@pytest.mark.parametrize("kind", [AnswerKind.DONE, AnswerKind.NOT_AFFECTED])
def test_who_is_ready_is_not_reminded_and_the_ledger_says_why(kind: AnswerKind) -> None:
    found = settled(lists_of("2026-12-01"), leads("7d"), footing=footing(an_answer(kind)), now=NOW)
    assert not found.kept
    assert [(drop.outcome, drop.reason) for drop in found.dropped] == [
        (Outcome.ANSWERED, f"answer 1: {kind}, said on 2026-08-03")
    ]


@pytest.mark.parametrize("kind", [AnswerKind.NONE, AnswerKind.NEED_HELP])
def test_who_asks_for_help_is_reminded(kind: AnswerKind) -> None:
    assert became(leads("7d"), footing(an_answer(kind))) == [("7d", "told")]


@pytest.mark.parametrize("doubt", Doubt)
def test_what_is_in_doubt_spares_nothing(doubt: Doubt) -> None:
    assert became(leads("7d"), footing(an_answer(AnswerKind.DONE), doubt)) == [("7d", "told")]


def test_a_promise_spares_all_but_the_last_leads() -> None:
    promised = footing(an_answer(AnswerKind.PLANNED, "2026-11-26"))
    assert became(leads("14d"), promised) == [("14d", "answered")]
    assert became(leads("14d", "7d"), promised) == [("7d", "told"), ("14d", "superseded")]


def test_of_several_spared_only_the_tightest_is_spared() -> None:
    done = footing(an_answer(AnswerKind.DONE))
    assert became(leads("14d", "7d"), done) == [("14d", "superseded"), ("7d", "answered")]


def test_another_changes_answer_spares_nothing() -> None:
    other = Footing(stances={"other": Stance(answer=an_answer(AnswerKind.DONE))})
    assert became(leads("7d"), other) == [("7d", "told")]


@given(
    stance=STANCES,
    moves=st.lists(
        st.sampled_from(["2026-12-01", "2027-01-15", "tba", "2026-10-01"]), min_size=2, max_size=4
    ),
)
def test_no_answer_mutes_news(stance: Stance, moves: list[str]) -> None:
    lists = lists_of(*moves)
    news = [*news_of(lists).values()]
    where = Footing(vendor="Blåbær EPJ", stances={"portal": stance})
    assert settled(lists, news, footing=where) == settled(lists, news, footing=ALONE)


@given(
    mine=st.sets(st.sampled_from(range(9)), min_size=1),
    beside=st.dictionaries(st.sampled_from(range(9)), st.sampled_from(Outcome)),
    reminded=st.lists(st.sampled_from(range(9))),
)
def test_who_never_answers_is_told_no_less(
    mine: set[int], beside: dict[int, Outcome], reminded: list[int]
) -> None:
    every = reminders_of(a_deadline())
    notices = [every[number] for number in mine]
    elsewhere = [
        replace(every[n], id=200 + n, message_id=2, outcome=outcome, decided_at=NOW)
        for n, outcome in beside.items()
    ]
    silent = Footing(vendor="Blåbær EPJ", reminded={"portal": [every[n].step.due for n in reminded]})
    lists = lists_of("2026-12-01")
    with_vendor = settled(lists, notices, elsewhere=elsewhere, footing=silent, now=NOW)
    assert with_vendor == settled(lists, notices, elsewhere=elsewhere, now=NOW)
    assert Outcome.ANSWERED not in {outcome for _, outcome in untold(with_vendor)}


def test_silence_is_counted_by_the_reminders_before_this_one() -> None:
    due = [each.step.due for each in leads("30d", "14d", "7d")]
    where = Footing(vendor="Blåbær EPJ", reminded={"portal": [*due, due[0]]})
    assert [where.is_silent("portal", before=each) for each in due] == [False, False, True]
    assert not where.is_silent("other", before=due[2])
    assert not replace(where, answered=frozenset({"portal"})).is_silent("portal", before=due[2])
    assert not replace(where, vendor="").is_silent("portal", before=due[2])


def test_standing_is_told_whatever_was_answered() -> None:
    standing = replace(
        leads("7d")[0], step=replace(leads("7d")[0].step, deadline="", kind=NoticeKind.STANDING)
    )
    assert settled(lists_of("2026-12-01"), [standing], footing=footing(an_answer(AnswerKind.DONE))).kept
