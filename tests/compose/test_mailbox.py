"""Our mailbox: which addresses are ours, and details that nobody can make up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.compose.mailbox import LARGEST, Mailbox, Purpose, Signed
from notifier.compose.reports import REPORTED
from notifier.core.address import LONGEST_DETAIL, LONGEST_LOCAL_PART

US = "varsel@varsel.example.no"
OURS = Mailbox(US, ("old", "new"))
NUMBERS = st.integers(0, 2**40 - 1)
MOVES = st.integers(0, 16**3 - 1)


def detail(address: str) -> str:
    found = OURS.detail_of(address)
    assert found is not None
    return found


@given(NUMBERS, MOVES)
def test_a_signed_address_leads_back_to_what_it_was_made_for(number: int, moves: int) -> None:
    assert OURS.read(detail(OURS.return_path(number, moves))) == Signed(Purpose.BOUNCE, number, moves)
    assert OURS.read(detail(OURS.leave(number, moves))) == Signed(Purpose.LEAVE, number, moves)


@given(NUMBERS)
def test_capital_letters_change_nothing(number: int) -> None:
    assert OURS.read(detail(OURS.return_path(number, 0).upper())) == Signed(Purpose.BOUNCE, number, 0)


@given(st.text(max_size=60))
def test_nothing_but_a_signature_of_ours_is_read(text: str) -> None:
    assert OURS.read(text) is None


@given(NUMBERS, st.integers(0, 40), st.characters(codec="ascii", categories=["Ll", "Nd"]))
def test_one_altered_character_is_noticed(number: int, place: int, other: str) -> None:
    signed = detail(OURS.return_path(number, 0))
    place %= len(signed)
    altered = signed[:place] + other + signed[place + 1 :]
    assert altered == signed or OURS.read(altered) is None


def test_the_last_key_signs_and_every_key_is_accepted() -> None:
    before = detail(Mailbox(US, ("old",)).leave(7, 0))
    assert OURS.read(before) == Signed(Purpose.LEAVE, 7, 0)
    assert Mailbox(US, ("new",)).read(detail(OURS.leave(7, 0))) == Signed(Purpose.LEAVE, 7, 0)
    assert Mailbox(US, ("new",)).read(before) is None


def test_the_longest_detail_fits() -> None:
    longest = OURS.return_path(2**40 - 1, 16**3 - 1).partition("@")[0]
    assert len(longest) == len("varsel") + LONGEST_DETAIL <= LONGEST_LOCAL_PART


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (US, ""),
        ("Varsel+Stopp@VARSEL.example.no", "stopp"),
        ("varsel+a+b@varsel.example.no", "a+b"),
        ("varslet@varsel.example.no", None),
        ("varsel@example.no", None),
        ("varsel+stopp@varsel.example.no.evil.example", None),
        ("", None),
    ],
)
def test_only_our_address_with_any_detail_is_ours(address: str, found: str | None) -> None:
    assert OURS.detail_of(address) == found


def test_keys_stay_out_of_logs() -> None:
    assert "new" not in repr(OURS)


def test_a_report_that_comes_back_is_known() -> None:
    assert OURS.read(detail(OURS.return_path(REPORTED, 0))) == Signed(Purpose.BOUNCE, REPORTED, 0)


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_what_could_not_be_read_back_is_not_signed(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        OURS.return_path(number, 0)
