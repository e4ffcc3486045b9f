"""The list as its editor leaves it: edits that are meant, edits that look like mistakes, and broken files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.acceptance.announced import DAY, announced, change, when

FIRST_DAY = date(2026, 11, 23)
# A month, a window, a long one, an open one, a season, nothing.
VAGUE = ("2026-12", "2026-11-28..2026-12-09", "2026-12..2027-01", "2026-12-02..", "2027-H1", "tba")


@dataclass(slots=True)
class Deadline:
    """One deadline as the file has it: a day, something vaguer or `tba`; whether it is firm, and its status if any."""

    written: str
    status: str = ""
    certainty: str = "confirmed"

    @property
    def is_exact(self) -> bool:
        """Whether it is a day."""
        return DAY.fullmatch(self.written) is not None


@dataclass(slots=True)
class Desk:
    """The file on the editor's desk; it is the Source that the engine reads."""

    random: Random
    revision: int = 1
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    text: bytes = b""
    name: str = "the desk"

    def __post_init__(self) -> None:
        if not self.deadlines:
            self.deadlines = {"portal": Deadline("2026-12-01"), "preg": Deadline("tba")}
        self._write()

    def read(self) -> bytes:
        """The file's bytes."""
        return self.text

    def edit(self) -> str:
        """One edit; answers what it was, in words."""
        edits = (self._postpone, self._postpone, self._date, self._end, self._add, self._hasten, self.drop)
        edits = (*edits, self._blur, self._blur, self._doubt)
        what = self.random.choice((*edits, self._spoil, self._forget_revision, self._restore_old))()
        return f"the list is edited: {what}"

    def mend(self) -> None:
        """Leave a file that is whole, whatever came before."""
        self._publish("")

    def _write(self) -> None:
        tables = []
        for name, found in self.deadlines.items():
            status = f'status = "{found.status}"' if found.status else ""
            tables.append(change(name, when(found.written, certainty=found.certainty, more=status)))
        self.text = announced(*tables, revision=self.revision).encode()

    def _publish(self, what: str) -> str:
        self.revision += 1
        self._write()
        return f"revision {self.revision}: {what}"

    def _any(self, *, exact: bool) -> Deadline | None:
        found = [each for each in self.deadlines.values() if each.is_exact is exact and not each.status]
        return self.random.choice(found) if found else None

    def _move(self, days: int) -> str:
        found = self._any(exact=True)
        if found is None:
            return self._publish("nothing")
        found.written = (date.fromisoformat(found.written) + timedelta(days=days)).isoformat()
        return self._publish(f"a date becomes {found.written}")

    def _postpone(self) -> str:
        return self._move(self.random.choice((1, 3, 7)))

    def _hasten(self) -> str:
        return self._move(-self.random.choice((1, 3)))

    def _date(self) -> str:
        found = self._any(exact=False)
        if found is None:
            return self._publish("nothing")
        found.written = (FIRST_DAY + timedelta(days=self.random.randint(5, 15))).isoformat()
        found.certainty = "confirmed"
        return self._publish(f"a date is set: {found.written}")

    def _blur(self) -> str:
        found = self._any(exact=self.random.random() < 0.7)
        if found is None:
            return self._publish("nothing")
        found.written, found.certainty = self.random.choice(VAGUE), "tentative"
        return self._publish(f"a date becomes vague: {found.written}")

    def _doubt(self) -> str:
        found = self._any(exact=self.random.random() < 0.7)
        if found is None:
            return self._publish("nothing")
        found.certainty = "tentative" if found.certainty == "confirmed" else "confirmed"
        return self._publish(f"a date is {found.certainty}")

    def _end(self) -> str:
        found = self._any(exact=True)
        if found is None:
            return self._publish("nothing")
        found.status = self.random.choice(("withdrawn", "completed"))
        return self._publish(f"one is {found.status}")

    def _add(self) -> str:
        self.deadlines[f"extra{self.revision}"] = Deadline(
            (FIRST_DAY + timedelta(days=self.random.randint(4, 14))).isoformat()
        )
        return self._publish("one more")

    def drop(self) -> str:
        """One Change is left out."""
        name = self.random.choice(list(self.deadlines))
        if len(self.deadlines) > 1:
            del self.deadlines[name]
        return self._publish(f"{name} is missing")

    def _spoil(self) -> str:
        self.text = self.text[: self.random.randint(0, len(self.text) - 1)]
        return "cut off in the middle"

    def _forget_revision(self) -> str:
        self.text = self.text.replace(b"title portal nb", b"another title")
        return "without a new revision"

    def _restore_old(self) -> str:
        self.text = announced(change("portal"), revision=max(self.revision - 1, 1)).encode()
        return "an old file"
