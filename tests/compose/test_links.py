"""Links: nobody can make one up, none tells an address, and keys can be rotated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from notifier.compose.links import Links
from notifier.core.answer import AnswerKind
from notifier.core.subscription import Addressee
from notifier.core.text import Language

BASE = "https://varsel.example.no"
LINKS = Links(BASE, ("old", "new"))


KARI = Addressee("k3jd92mslq0xn4vb7c1z", 0)


def _token(links: Links, to: Addressee = KARI) -> str:
    return links.leave(to).removeprefix(f"{BASE}/leave/")


def test_a_leave_link_leads_back_to_whom_it_was_made_for() -> None:
    moved = Addressee(KARI.public_id, 3)
    assert LINKS.read_leave(_token(LINKS, moved)) == moved != LINKS.read_leave(_token(LINKS, KARI))


def test_the_last_key_signs_and_every_key_is_accepted() -> None:
    before = _token(Links(BASE, ("old",)))
    assert LINKS.read_leave(before) == KARI
    assert Links(BASE, ("new",)).read_leave(_token(LINKS)) == KARI
    assert Links(BASE, ("new",)).read_leave(before) is None


@given(st.text())
def test_nothing_but_a_link_of_ours_is_read(token: str) -> None:
    assert LINKS.read_leave(token) is None


@given(st.integers(0, 100), st.characters(categories=["L", "N"]))
def test_one_altered_character_is_noticed(place: int, other: str) -> None:
    token = _token(LINKS)
    place %= len(token)
    altered = token[:place] + other + token[place + 1 :]
    assert altered == token or LINKS.read_leave(altered) in (None, KARI)


def test_a_token_made_for_something_else_is_not_read() -> None:
    other = Signer("new", salt="notifier.confirm").sign("someone.0").decode()
    assert LINKS.read_leave(other) is None


def test_links_need_a_key() -> None:
    with pytest.raises(ValueError, match="key"):
        Links(BASE, ())
    with pytest.raises(ValueError, match="key"):
        Links(BASE, ("new", ""))


def test_keys_stay_out_of_logs() -> None:
    assert "new" not in repr(LINKS)


def test_pages_and_calendar_are_in_the_readers_language() -> None:
    assert LINKS.page(Language.NN) == f"{BASE}/nn"
    assert LINKS.change("ftps", Language.EN) == f"{BASE}/en/change/ftps"
    assert LINKS.calendars(Language.EN) == f"{BASE}/en/calendars"
    assert LINKS.calendar(Language.NB) == f"{BASE}/calendar.ics?lang=nb"


def test_an_answering_link_leads_back_to_whom_and_which_change_it_was_made_for() -> None:
    link = LINKS.answer(KARI, "helseid-par-dpop", AnswerKind.NOT_AFFECTED)
    token = link.removeprefix(f"{BASE}/answer/").partition("?")[0]
    assert link.endswith("?say=not-affected")
    assert LINKS.read_answer(token) == (KARI, "helseid-par-dpop")
    assert LINKS.read_answer(token.replace("par", "pat")) is None
    assert LINKS.read_confirm(token) is None
