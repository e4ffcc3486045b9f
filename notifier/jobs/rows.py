"""Rows of a CSV file that people made in a spreadsheet, each with its line, or every problem at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from notifier.core.text import count
from notifier.errors import ImportRefusedError

MOST_BYTES = 32_000_000
MOST_ROWS = 250_000
MOST_PROBLEMS = 50


@dataclass(slots=True)
class Problems:
    """What is wrong with a file; of very many the first are kept, and all are counted."""

    shown: list[str] = field(default_factory=list)
    count: int = 0
    place: str = "line"

    def add(self, line: int, what: str) -> None:
        """Note a problem on a line, or at whatever `place` names."""
        self.count += 1
        if len(self.shown) < MOST_PROBLEMS:
            self.shown.append(f"{self.place} {line}: {what}")

    def refuse(self) -> None:
        """Raise ImportRefusedError when there is any."""
        if self.count:
            more = self.count - len(self.shown)
            raise ImportRefusedError([*self.shown, *([f"and {more:,} more"] if more else [])])


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, counted from 1, and its values by column, "" where there is none."""

    line: int
    values: Mapping[str, str]


def read_rows(
    data: bytes, *, columns: Sequence[str], required: Collection[str], problems: Problems
) -> Iterator[Row]:
    """The rows of a UTF-8 file whose first line names its columns, separated by commas or semicolons.

    Empty rows are passed over. What is wrong goes to `problems`, and the rest is read on where it can be.
    """
    text = _text(data, problems)
    if text is None:
        return
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=first.count), strict=True)
    begins = 1
    header: list[str] | None = None
    try:
        for number, cells in enumerate(reader):
            line, begins = begins, reader.line_num + 1
            values = [cell.strip() for cell in cells]
            if header is None:
                header = [name.casefold() for name in values]
                if not _is_header(header, columns, required, problems):
                    return
            elif number > MOST_ROWS:
                problems.add(line, f"more than {MOST_ROWS:,} rows; import the file in parts")
                return
            elif len(values) > len(header) and any(values[len(header) :]):
                problems.add(
                    line,
                    f"has {count(len(values), 'value')}, but the first line names {count(len(header), 'column')}",
                )
            elif any(values):
                yield Row(line, dict.fromkeys(columns, "") | dict(zip(header, values, strict=False)))
    except csv.Error as error:
        problems.add(begins, f"cannot be read ({error}); look for a quotation mark that is not closed")
    if header is None:
        problems.add(1, f"the file is empty; its first line names the columns: {','.join(columns)}")


def _text(data: bytes, problems: Problems) -> str | None:
    if len(data) > MOST_BYTES:
        problems.add(1, f"the file is larger than {MOST_BYTES:,} bytes; import it in parts")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(line, "is not UTF-8; save the file again as “CSV UTF-8”")
        return None


def _is_header(
    header: Sequence[str], columns: Sequence[str], required: Collection[str], problems: Problems
) -> bool:
    before = problems.count
    for name in dict.fromkeys(header):
        if name not in columns:
            problems.add(1, f"there is no column “{name[:80]}”; the columns are: {', '.join(columns)}")
        elif header.count(name) > 1:
            problems.add(1, f"the column {name} is there twice")
    for name in required:
        if name not in header:
            problems.add(1, f"the column {name} is missing; the first line names the columns")
    return problems.count == before
