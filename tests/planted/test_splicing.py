"""Bugs that would show one recipient what is another's, each planted where it could slip in: no such mail is made.

A place that its author forgot is found when the stencil is proven, and then every mail goes the whole way. A key
that forgets what a mail depends on is found by whoever holds a spliced mail against the one made the whole way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from notifier.compose import matter as matters
from notifier.compose import messages
from notifier.compose.composer import Composer
from notifier.compose.cutting import cut
from notifier.compose.fields import Field
from notifier.compose.messages import compose
from notifier.compose.places import Places
from notifier.compose.templates import load_templates
from notifier.compose.voice import Voice
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from notifier.shipped import shipped
from tests.compose.spliced import VOICE, somebody, told

REMINDER = told(NoticeKind.REMINDER)


def _header_of_ones_own(patch: pytest.MonkeyPatch) -> None:
    """A header field is made from the recipient without asking for a place."""
    really = messages.fields_of

    def fields_of(*, places: Places, **more: Any) -> tuple[Field, ...]:
        number = str(places.recipient.subscriber_id)
        return (*really(places=places, **more), Field(name="X-Number", meant=number, wire=number))

    patch.setattr(messages, "fields_of", fields_of)


def _content(patch: pytest.MonkeyPatch, **links: Callable[[Places], str]) -> None:
    really = messages.content_of

    def content_of(matter: Any, *, places: Places, voice: Voice) -> Any:
        made = really(matter, places=places, voice=voice)
        return replace(made, **{name: link(places) for name, link in links.items()})

    patch.setattr(messages, "content_of", content_of)


def _link_of_ones_own(patch: pytest.MonkeyPatch) -> None:
    """A link in the body is made from the recipient without asking for a place."""
    _content(patch, calendars_url=lambda places: VOICE.links.choose(places.recipient.addressee))


def _always_the_first(patch: pytest.MonkeyPatch) -> None:
    """A place is asked for, but its words hold on to whoever was first."""
    _content(
        patch,
        calendars_url=lambda places: places(
            "undo", lambda _: VOICE.links.undo(places.recipient.public_id, places.recipient.generation)
        ),
    )


def _by_the_hour(patch: pytest.MonkeyPatch) -> None:
    """A link depends on the hour, and so on who is composed first."""
    _content(patch, page_url=lambda places: f"https://a.example/{places.recipient.at:%H}")


def _number_in_disguise(patch: pytest.MonkeyPatch) -> None:
    """What differs is no value of the recipient's, only made from one."""
    _content(patch, page_url=lambda places: f"https://a.example/{len(places.recipient.address)}")


PLANTED = (_header_of_ones_own, _link_of_ones_own, _always_the_first, _by_the_hour, _number_in_disguise)


def assert_as_the_whole_way(composer: Composer, voice: Voice = VOICE) -> None:
    """Everybody gets their own mail, in their language."""
    for number in range(6):
        matter = told(NoticeKind.REMINDER, list(Language)[number % 2])
        assert composer.compose(matter, somebody(number)) == compose(matter, somebody(number), voice)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_forgotten_place_never_shows_anybody_what_is_anothers(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cut(REMINDER, VOICE) is not None
    plant(monkeypatch)
    assert cut(REMINDER, VOICE) is None
    assert_as_the_whole_way(Composer(VOICE))


@pytest.mark.parametrize(
    "words",
    ["You can leave at {{ content.leave_url }} whenever you like.", "See\n  {{ content.leave_url }}."],
)
def test_a_place_among_words_that_are_wrapped_around_it_is_not_spliced(tmp_path: Path, words: str) -> None:
    root = copytree(shipped("templates"), tmp_path / "templates")
    with (root / "email" / "footer.txt.j2").open("a", encoding="utf-8") as footer:
        footer.write(f"{words}\n")
    voice = replace(VOICE, templates=load_templates(root))
    assert cut(REMINDER, voice) is None
    assert_as_the_whole_way(Composer(voice), voice)


def test_two_meanings_of_one_place_are_refused() -> None:
    places = Places(somebody())
    assert places("done", lambda to: to.public_id) == places("done", lambda to: to.public_id)
    with pytest.raises(ValueError, match="two places of a mail are called “done”"):
        places("done", lambda to: to.nonce)


def test_a_key_that_forgets_the_language_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_as_the_whole_way(Composer(VOICE))
    monkeypatch.setattr(matters, "_KEY", attrgetter("told", "today", "followed"))
    with pytest.raises(AssertionError):
        assert_as_the_whole_way(Composer(VOICE))
