"""`approve`, `reject`, `pause`, `resume`: decisions with a name under them."""

from __future__ import annotations

import pytest

from tests.cli.rehearsal import Rehearsal, oslo
from tests.sources.lists import small

DAY = oslo(2026, 11, 25)
EARLIER = (("revision = 1", "revision = 2"), ("when = 2027-01-01", "when = 2026-12-20"))


@pytest.fixture
def held(place: Rehearsal) -> str:
    """The hash of a held reading that moves a date earlier."""
    place.begun()
    place.list.write_text(small(*EARLIER), encoding="utf-8")
    assert place("tick", now=DAY).code == 1
    (reading,) = place("changes", "list", "--json").json["held"]
    digest: str = reading["hash"][:10]
    return digest


def test_an_approved_reading_takes_force_and_is_told(place: Rehearsal, held: str) -> None:
    called = place("approve", held, "--by", "Ola", now=DAY)
    assert called.code == 0
    assert "testdata/test 2027-01-01 → 2026-12-20" in called.words

    assert place("tick", now=DAY).code == 0
    assert "20. desember" in str(place.mails()[-1].get_body(("plain",)))


def test_a_service_that_is_renamed_is_held_until_somebody_says_that_it_is_meant(place: Rehearsal) -> None:
    place.begun()
    renamed = small(("revision = 1", "revision = 2"), ('id = "preg"', 'id = "pregx"'))
    renamed = renamed.replace('service = "preg"', 'service = "pregx"')
    (place.folder / "old.toml").write_text(small(), encoding="utf-8")
    place.list.write_text(renamed, encoding="utf-8")
    checked = place("check", str(place.list), "--against", "old.toml")
    assert (checked.code, "the service preg is missing" in checked.words) == (1, True)
    assert "testdata goes from the service preg to pregx" in checked.words

    assert place("tick", now=DAY).code == 1
    (reading,) = place("changes", "list", "--json").json["held"]
    assert place("approve", reading["hash"][:10], "--by", "Ola", now=DAY).code == 0
    assert place("changes", "list", "--json").json["revision"] == 2


def test_a_rejected_reading_is_not_asked_about_again(place: Rehearsal, held: str) -> None:
    assert place("reject", held, now=DAY).code == 0
    called = place("tick", now=DAY)
    assert (called.code, "the rejected reading" in called.words) == (1, True)
    assert place("approve", held, now=DAY).code == 2
    assert len(place.mails()) == 1


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_a_hash_that_nothing_held_begins_with_is_exit_2_and_names_what_is_held(
    place: Rehearsal, held: str, command: str
) -> None:
    called = place(command, "0000", now=DAY)
    assert called.code == 2
    assert f"{held} (revision 2)" in called.err


def test_a_name_that_is_longer_than_is_kept_is_refused_before_anything_is_decided(
    place: Rehearsal, held: str
) -> None:
    called = place("approve", held, "--by", "O" * 201, now=DAY)
    assert (called.code, "200 characters" in called.err) == (2, True)
    assert place("approve", held, "--by", f" {'O' * 200} ", now=DAY).code == 0


def test_after_resume_what_waited_leaves(place: Rehearsal) -> None:
    place.begun()
    place("pause", "--by", "Ola", now=DAY)
    assert "by Ola" in place("plan").words
    place.join("per@epj.example.no", now=DAY)
    place("tick", now=DAY)
    assert len(place.mails()) == 1

    assert "leaves again" in place("resume", now=DAY).out
    place("tick", now=DAY)
    assert len(place.mails()) == 2


def test_resuming_what_is_not_paused_says_so(place: Rehearsal) -> None:
    called = place("resume", now=DAY)
    assert (called.code, "Nothing was paused" in called.out) == (0, True)
