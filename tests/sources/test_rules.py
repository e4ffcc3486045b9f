"""What holds between the list's entries."""

from __future__ import annotations

import pytest

from notifier.core.change import Status
from notifier.core.when import Certainty
from tests.sources.lists import another_change, deadline, line_of, parsed, problems, small

FOLLOWER = 'follows = "testdata/end"'


def test_a_follower_takes_date_certainty_and_words() -> None:
    text = small(tail=another_change("other", deadline='follows = "testdata/test"'))
    follower = deadline(text, "other/end")
    assert follower.when == deadline(text, "testdata/test").when
    assert (follower.when.stated, follower.follows) == ("fra 1.1.2027", "testdata/test")


def test_a_follower_may_stand_before_what_it_follows() -> None:
    text = small(tail=another_change("other"))
    first = another_change("first", deadline='follows = "other/end"')
    found = deadline(text.replace("[[change]]", f"{first}[[change]]", 1), "first/end")
    assert not found.when.is_set


def test_a_follower_may_repeat_what_it_takes() -> None:
    text = small(tail=another_change("other", deadline=f'{FOLLOWER}\ncertainty = "tentative"'))
    assert deadline(text, "other/end").when.certainty is Certainty.TENTATIVE


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'follows = "testdata/ende"',
            "follows: there is no deadline “testdata/ende”; did you mean “testdata/end”?",
        ),
        ('follows = "other/end"', "follows: a deadline cannot follow itself"),
        ('follows = "testdata"', "follows: “testdata” names no deadline; write change/deadline"),
        (f"{FOLLOWER}\nwhen = 2027-01-01", "follows: stands beside when; keep one of them"),
        (
            f'{FOLLOWER}\ncertainty = "confirmed"',
            "certainty: is taken from “testdata/end”; leave it out here",
        ),
        (f'{FOLLOWER}\nstated = "i mai"', "stated: is taken from “testdata/end”; leave it out here"),
        ('certainty = "confirmed"', 'deadline "end": has no date; write when (or when = "tba"), or follows'),
    ],
)
def test_a_deadline_has_either_its_own_date_or_one_to_follow(written: str, said: str) -> None:
    found = problems(small(tail=another_change("other", deadline=written)))
    assert any(said in problem for problem in found)


def test_a_follower_of_a_follower_is_told_whom_to_follow() -> None:
    tail = another_change("middle", deadline=FOLLOWER)
    tail += another_change("last", deadline='follows = "middle/end"')
    (problem,) = problems(small(tail=tail))
    assert "“middle/end” follows another one itself; write “testdata/end” instead" in problem


@pytest.mark.parametrize("place", ["checked", "when = 2027-01-01"])
def test_a_follower_of_something_withdrawn_is_refused(place: str) -> None:
    text = small((place, f'status = "withdrawn"\n{place}'))
    (problem,) = problems(text + another_change("other", deadline='follows = "testdata/test"'))
    assert "“testdata/test” is withdrawn; give this deadline its own date, or withdraw it too" in problem


def test_a_withdrawn_follower_of_something_withdrawn_is_fine() -> None:
    text = small(
        ("checked", 'status = "withdrawn"\nchecked'),
        tail=another_change("other", deadline=FOLLOWER, extra='status = "withdrawn"\n'),
    )
    assert {found.status for _, _, found in parsed(text).deadlines()} == {Status.WITHDRAWN}


def test_a_follower_of_an_entry_with_another_mistake_is_not_called_wrong() -> None:
    text = small(('when = "2027-Q2"', 'when = "2027-Q9"'))
    (problem,) = problems(text + another_change("other", deadline=FOLLOWER))
    assert "“2027-Q9” is not a date" in problem


def test_an_id_used_twice_is_told_where_it_is_used_again() -> None:
    text = small(
        ("[[change]]", '[[service]]\nid = "preg"\nname = "Again"\n\n[[change]]'),
        ('id = "end"', 'id = "test"'),
        tail=another_change("testdata"),
    )
    found = problems(text)
    assert [problem.partition(": ")[2] for problem in found] == [
        'service "preg": id: “preg” is already the id of another service',
        'change "testdata", deadline "test": id: “test” is already the id of another deadline of this change',
        'change "testdata": id: “testdata” is already the id of another change',
    ]
    assert found[0].startswith(f"line {line_of(text, 'Again') - 1}: ")


def test_the_same_deadline_id_in_two_changes_is_fine() -> None:
    assert len(list(parsed(small(tail=another_change("other"))).deadlines())) == 3


def test_an_unknown_service_is_told_with_the_nearest_one() -> None:
    (problem,) = problems(small(('service = "preg"', 'service = "prag"')))
    assert "service: there is no service “prag”; did you mean “preg”?" in problem


def test_a_list_without_services_is_told_once_and_not_for_every_change() -> None:
    text = small()
    text = "revision = 1\n" + text[text.index("[[change]]") :]
    assert problems(text) == ("service: missing",)


def test_checked_in_the_future_is_refused_and_today_is_not() -> None:
    assert parsed(small(("2026-11-20", "2026-11-23")))
    (problem,) = problems(small(("2026-11-20", "2026-11-24")))
    assert "checked: 2026-11-24 lies in the future; write the day you checked the source" in problem
