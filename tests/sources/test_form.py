"""The form of the list, key by key."""

from __future__ import annotations

from datetime import date

import pytest

from notifier.core.cadence import parse_cadence
from notifier.core.change import Link, Source, Status
from notifier.core.when import Certainty, Precision
from tests.sources.lists import another_change, deadline, line_of, parsed, problems, small

WHEN = "when = 2027-01-01"


def test_a_whole_entry_becomes_values() -> None:
    change = parsed(
        small(("checked", 'contact = "help@example.no"\nnational_rollout = "Ja"\nchecked'))
    ).changes[0]
    assert change.contact == "help@example.no"
    assert change.national_rollout == "Ja"
    assert change.checked == date(2026, 11, 20)
    assert change.title.en == "test data"
    assert change.source == Source(
        document="Veikart", url="https://www.example.no/veikart", published=date(2025, 12, 1)
    )
    assert [deadline.id for deadline in change.deadlines] == ["test", "end"]


def test_links_earlier_dates_and_lead_times_are_kept() -> None:
    text = small(
        ("checked", 'links = [{ title = "Mer", url = "https://example.no/æ" }]\nchecked'),
        (
            WHEN,
            f'reminders = ["30d", "6mo", "30d"]\nearlier = [{{ when = "2026", stated = "i 2026" }}]\n{WHEN}',
        ),
    )
    found = deadline(text, "testdata/test")
    assert parsed(text).changes[0].links == (Link(title="Mer", url="https://example.no/æ"),)
    assert found.cadence == parse_cadence(["6mo", "30d"])
    assert (found.earlier[0].when.precision, found.earlier[0].when.stated) == (Precision.YEAR, "i 2026")


@pytest.mark.parametrize(
    "written",
    [
        "2027-03",
        "2027-Q4",
        "2027-H1",
        "2027",
        "2027-01-10..2027-02-05",
        "2027-Q1..2027-Q2",
        "2027-03..",
        "tba",
    ],
)
def test_every_written_form_of_a_date_is_taken(written: str) -> None:
    found = deadline(small((WHEN, f'when = "{written}"')), "testdata/test")
    assert found.when.written == written


def test_a_bare_toml_date_and_the_same_in_quotes_are_the_same() -> None:
    assert parsed(small((WHEN, 'when = "2027-01-01"'))) == parsed(small())


def test_certainty_is_confirmed_unless_said_otherwise() -> None:
    found = deadline(small((f'{WHEN}\ncertainty = "confirmed"', WHEN)), "testdata/test")
    assert found.when.certainty is Certainty.CONFIRMED


def test_a_date_not_set_may_be_confirmed() -> None:
    found = deadline(small((WHEN, 'when = "tba"')), "testdata/test")
    assert (found.when.is_set, found.when.certainty) == (False, Certainty.CONFIRMED)


def test_the_status_of_a_change_is_that_of_its_deadlines_unless_they_have_their_own() -> None:
    text = small(("checked", 'status = "withdrawn"\nchecked'), (WHEN, f'status = "completed"\n{WHEN}'))
    assert [deadline.status for deadline in parsed(text).changes[0].deadlines] == [
        Status.COMPLETED,
        Status.WITHDRAWN,
    ]


def test_line_breaks_of_windows_and_spaces_around_texts_change_nothing() -> None:
    assert parsed(small().replace("\n", "\r\n")) == parsed(small(('"PREG"', '" PREG  "')))


def test_template_marks_and_html_are_only_text() -> None:
    name = "{{ 7 * 7 }} {% x %} <script>"
    assert parsed(small(('"PREG"', f'"{name}"'))).services[0].name == name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("revision = 1", "revision = 0", "revision: must be at least 1"),
        ("revision = 1", 'revision = "1"', "revision: must be a whole number, without quotes"),
        ("revision = 1", "revision = true", "revision: must be a whole number, without quotes"),
        ("revision = 1", "", "revision: missing"),
        (WHEN, 'when = "2026-13"', "when: “2026-13” is not a"),
        (WHEN, 'when = "1.12.2026"', "when: “1.12.2026” is not a date; write 2026-12-01, 2026-12"),
        (WHEN, 'when = "2027-02..2027-01"', "when: the window “2027-02..2027-01” ends before it begins"),
        (WHEN, "when = 2027", 'when: is a number; write it in quotes: "2027"'),
        (WHEN, "when = 2027-01-01T08:00:00", "when: has a time of day; write the date alone"),
        (WHEN, "when = 1727-01-01", "when: “1727-01-01” is not "),
        ('kind = "test"', 'kind = "sunset"', "kind: must be 'closed-to-new', 'test', 'production' or 'end'"),
        ('certainty = "confirmed"', 'certainty = "sure"', "certainty: must be 'confirmed' or 'tentative'"),
        (WHEN, f'status = "done"\n{WHEN}', "status: must be 'completed' or 'withdrawn'"),
        (WHEN, f'reminders = ["P1M"]\n{WHEN}', "reminders: “P1M” is not a lead time; write days as 14d"),
        (WHEN, f"reminders = []\n{WHEN}", "reminders: needs at least one entry"),
        (WHEN, f'earlier = [{{ when = "soon" }}]\n{WHEN}', "earlier no. 1, when: “soon” is not a date"),
        (', nn = "testdata"', "", "title.nn: missing; every text exists in nb, nn and en"),
        ('nn = "Går bort."', 'nn = ""', "summary.nn: must not be empty"),
        ('nn = "Går bort."', 'nn = "  "', "summary.nn: must not be empty"),
        ("checked = 2026-11-20", "", "checked: missing"),
        ("checked = 2026-11-20", 'checked = "2026-11-20"', "checked: must be a date without quotes"),
        (
            "https://www.example.no",
            "ftp://www.example.no",
            "source.url: “ftp://www.example.no/veikart” is not",
        ),
        ("https://www.example.no", "javascript:alert(1)", "source.url: “javascript:alert(1)/veikart” is not"),
        ("https://www.example.no", "www.example.no", "source.url: “www.example.no/veikart” is not"),
        ("https://www.example.no", "https://", "source.url: “https:///veikart” is not a web address"),
        ("www.example.no", "[::1", "source.url: “https://[::1/veikart” is not a web address"),
        (
            "www.example.no",
            "www.example.no:99999",
            "source.url: “https://www.example.no:99999/veikart” is not",
        ),
        ("www.example.no", "nhn.no@evil.example", "source.url: has a login in it"),
        ("/veikart", "/veikart <b>", "holds characters that no web address has"),
        ("checked", 'contact = "kundesenter"\nchecked', "contact: “kundesenter” is not an e-mail address"),
        ("checked", 'status = "gone"\nchecked', "status: must be 'completed' or 'withdrawn'"),
        ('id = "testdata"', 'id = "Test data"', "id: “Test data” is not an id; use small letters"),
        ('id = "testdata"', 'id = "-x"', "id: “-x” is not an id"),
        ('id = "testdata"', f'id = "{"x" * 61}"', "id: is longer than 60 characters"),
        ('"PREG"', f'"{"x" * 121}"', "name: is longer than 120 characters"),
        ('"PREG"', "7", "name: must be text in quotes"),
        (
            'title = { nb = "testdata", nn = "testdata", en = "test data" }',
            'title = "testdata"',
            "title: must be a table",
        ),
        ("checked", "links = 3\nchecked", "links: must be a list in square brackets"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_what_would_be_right(old: str, new: str, said: str) -> None:
    text = small((old, new))
    (problem,) = problems(text)
    assert said in problem
    if "missing" not in said:
        assert problem.startswith(f"line {line_of(text, new)}: ")


def test_a_place_names_change_and_deadline_by_their_ids() -> None:
    text = small((WHEN, 'when = "2027-13"'))
    (problem,) = problems(text)
    line = line_of(text, "2027-13")
    assert problem.startswith(
        f'line {line}: change "testdata", deadline "test": when: “2027-13” is not a day'
    )


def test_an_entry_without_an_id_is_named_by_its_number_and_stands_at_its_header() -> None:
    text = small(('id = "testdata"\n', ""))
    assert problems(text) == (f"line {line_of(text, '[[change]]')}: change no. 1: id: missing",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "checked",
            'titel = "x"\nchecked',
            'change "testdata": titel: there is no such key; did you mean title?',
        ),
        ("stated", "statd", 'deadline "test": statd: there is no such key; did you mean stated?'),
        ("published", "publised", "source.publised: there is no such key; did you mean published?"),
        (
            "[[service]]",
            "[x]\n[[service]]",
            "x: there is no such key; this table has revision, service, change",
        ),
        (
            'name = "PREG"',
            'name = "PREG"\nno = 1',
            'service "preg": no: there is no such key; this table has',
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(old: str, new: str, said: str) -> None:
    (problem,) = problems(small((old, new)))
    assert said in problem


def test_a_change_without_deadlines_is_refused() -> None:
    text = small()
    text = text[: text.index("[[change.deadline]]")]
    (problem,) = problems(text)
    assert problem.endswith('deadline: missing; a change has at least one, and its when may be "tba"')


@pytest.mark.parametrize("tail", ["", "change = []\n"])
def test_a_list_without_changes_is_refused(tail: str) -> None:
    text = small()
    services = text[text.index("[[service]]") : text.index("[[change]]")]
    (problem,) = problems(f"revision = 1\n{tail}{services}")
    assert "the list holds no changes; an empty list is refused" in problem


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert "change: the list holds no changes; an empty list is refused" in problems(text)


def test_every_problem_is_told_at_once_in_the_order_of_lines() -> None:
    text = small(
        ("revision = 1", "revision = 0"),
        ("checked = 2026-11-20", "checked = 2030-01-01"),
        (', nn = "testdata"', ""),
        (WHEN, 'when = "2027-13"'),
        tail=another_change("other", service="pregg", deadline='follows = "testdata/ende"'),
    )
    found = problems(text)
    assert len(found) == 6
    lines = [int(problem.removeprefix("line ").partition(":")[0]) for problem in found]
    assert lines == sorted(lines)


def test_of_very_many_problems_the_first_hundred_are_told() -> None:
    text = small(tail="".join(another_change(f"c-{n}", deadline="when = 1") for n in range(150)))
    found = problems(text)
    assert len(found) == 101
    assert found[-1] == "and more; mend these first"
