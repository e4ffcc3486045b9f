"""Rows of files that come out of spreadsheets."""

from __future__ import annotations

import pytest

from notifier.errors import ImportRefusedError
from notifier.jobs import rows
from notifier.jobs.rows import Problems, Row, read_rows

COLUMNS = ("address", "language")


def read(data: bytes | str) -> list[Row]:
    """Every row of a file that must be fine."""
    problems = Problems()
    content = data.encode() if isinstance(data, str) else data
    found = list(read_rows(content, columns=COLUMNS, required=["address"], problems=problems))
    problems.refuse()
    return found


def refusal(data: bytes | str) -> tuple[str, ...]:
    """What is said about a file that must be refused."""
    with pytest.raises(ImportRefusedError) as refused:
        read(data)
    return refused.value.problems


@pytest.mark.parametrize(
    "data",
    [
        "address,language\nkari@epj.no,nb\n",
        "\ufeffaddress;language\r\nkari@epj.no;nb\r\n",
        'Language , ADDRESS\n"nb","kari@epj.no"',
        "address,language\n\n , \nkari@epj.no,nb,,\n",
    ],
)
def test_what_spreadsheets_write_is_read(data: str) -> None:
    assert [row.values for row in read(data)] == [{"address": "kari@epj.no", "language": "nb"}]


def test_a_row_is_known_by_its_line_also_after_one_that_spans_several() -> None:
    assert [row.line for row in read('address\n"a\nb"\nc\n\nd\n')] == [2, 4, 6]


def test_a_column_that_is_not_there_or_a_value_left_out_is_empty() -> None:
    assert [row.values["language"] for row in read("address\na\n")] == [""]
    assert [row.values["language"] for row in read("address,language\na\n")] == [""]


def test_columns_that_are_unknown_missing_or_there_twice_are_all_named() -> None:
    assert refusal("adress,language,language\na,nb,nb\n") == (
        "line 1: there is no column “adress”; the columns are: address, language",
        "line 1: the column language is there twice",
        "line 1: the column address is missing; the first line names the columns",
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "line 1: the file is empty"),
        (b"address\nok\nbl\xe5@epj.no\n", "line 3: is not UTF-8"),
        (b'address\na\n"b\nc\n', "line 3: cannot be read .* quotation mark"),
        (b"address\na,b\n", "line 2: has 2 values, but the first line names 1 column"),
        (b"address\n\0a,\0b\n", "line 2: has 2 values"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(data: bytes, problem: str) -> None:
    with pytest.raises(ImportRefusedError, match=problem):
        read(data)


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_BYTES", 20)
    assert refusal("address\n" + "a\n" * 20) == (
        "line 1: the file is larger than 20 bytes; import it in parts",
    )
    monkeypatch.undo()
    monkeypatch.setattr(rows, "MOST_ROWS", 3)
    assert refusal("address\n" + "a\n" * 4) == ("line 5: more than 3 rows; import the file in parts",)


def test_of_very_many_problems_the_first_are_told_and_the_others_counted() -> None:
    told = refusal("address\n" + "a,b\n" * 1_100)
    assert (len(told), told[-1]) == (51, "and 1,050 more")
