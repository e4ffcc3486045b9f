"""Importing subscribers: every problem at once, and all of the rows or none."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest
from sqlalchemy import Engine

from notifier.core.change import ChangeList
from notifier.errors import DatabaseError, ImportRefusedError
from notifier.jobs.import_subscribers import Tally, foresee, import_joiners, read_joiners
from notifier.store import joining, leaving, subscribers
from notifier.store.engine import reading, writing
from notifier.store.joining import Joined, Joiner
from tests.core.lists import a_list
from tests.store.people import JUNE, KEYED, MAY, join, look_up, message_states


def a_list_to_follow() -> ChangeList:
    return a_list()


def read(text: str, *, vendors: frozenset[str] = frozenset({"epj"})) -> tuple[Joiner, ...]:
    """Everybody in a file with this text."""
    return read_joiners(
        text.encode(), known=a_list_to_follow, vendors=vendors, basis="asked for it", advance=lambda _: None
    )


def refusal(text: str) -> tuple[str, ...]:
    with pytest.raises(ImportRefusedError) as refused:
        read(text)
    return refused.value.problems


def test_an_address_alone_follows_everything_in_bokmal() -> None:
    (kari,) = read("address\nKari@EPJ.example.no\n")
    assert (kari.address, kari.language, [str(topic) for topic in kari.topics]) == (
        "Kari@epj.example.no",
        "nb",
        ["everything"],
    )
    assert (kari.cadence, kari.vendor, kari.basis) == (None, None, "asked for it")


def test_several_values_are_separated_by_spaces() -> None:
    kari, ola = read(
        "address,language,follow,exclude,vendor,leads\n"
        "kari@epj.no,NN,service:kjernejournal  change:portal service:kjernejournal,,epj,7d 30d\n"
        "ola@epj.no,,,change:portal service:kjernejournal,,\n"
    )
    assert [str(topic) for topic in kari.topics] == ["service:kjernejournal", "change:portal"]
    assert (kari.language, kari.vendor, str(kari.cadence)) == ("nn", "epj", "30d 7d")
    assert [str(topic) for topic in (*ola.topics, *ola.excluded)] == [
        "everything",
        "change:portal",
        "service:kjernejournal",
    ]


def test_everything_wrong_with_every_row_is_told_with_its_line() -> None:
    told = refusal(
        "address,language,follow,vendor,leads,exclude\n"
        "kari@epj.no,nb,,,\n"
        "ola,sv,service:nix,acme,soon,change:nix\n"
        ",nb,,,\n"
        "KARI@epj.no,nn,,,\n"
        "per@epj.no,nb,portal,,\n"
        "eva@epj.no,nb,change:portal,,,service:kjernejournal\n"
        "liv@epj.no,nb,service:kjernejournal,,,service:kjernejournal\n"
        "siv@epj.no,nb,,,,everything\n"
    )
    for problem, beginning in zip(
        told,
        [
            "line 3: “ola” is not an e-mail address",
            "line 3: “sv” is not a language; write nb, nn or en",
            "line 3: the list has no service “nix”; it has: kjernejournal",
            "line 3: “soon” is not a lead time",
            "line 3: the list has no change “nix”; it has: portal",
            "line 3: there is no vendor “acme”",
            "line 4: “” is not an e-mail address",
            "line 5: KARI@epj.no is on line 2 already",
            "line 6: “portal” cannot be followed",
            "line 7: service:kjernejournal cannot be excluded, since it is no part of what they follow: change:portal",
            "line 8: service:kjernejournal cannot be both followed and excluded",
            "line 9: everything cannot be both followed and excluded",
        ],
        strict=True,
    ):
        assert problem.startswith(beginning)


def test_the_list_is_asked_for_only_when_part_of_it_is_followed() -> None:
    def no_list() -> ChangeList:
        raise AssertionError("the list was asked for")

    read_joiners(
        b"address,follow\nkari@epj.no,everything\n",
        known=no_list,
        vendors=[],
        basis="",
        advance=lambda _: None,
    )


@pytest.mark.parametrize(("again", "gone"), [(False, Joined.LEFT), (True, Joined.AGAIN)])
def test_what_it_would_do_is_what_it_does(database: Engine, again: bool, gone: Joined) -> None:
    join(database, "there@epj.no")
    left = join(database, "gone@epj.no")
    away = join(database, "away@epj.no")
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=left.id, why="asked", now=MAY)
        leaving.suspend(connection, subscriber_id=away.id, why="bounces", now=MAY)
    joiners = read("address,language\nnew@epj.no,en\nTHERE@epj.no,en\ngone@epj.no,en\naway@epj.no,en\n")
    expected = Tally(
        counts=Counter([Joined.NEW, Joined.ALREADY, gone, Joined.SUSPENDED]),
        left={} if again else {"gone@epj.no": MAY},
    )

    with reading(database) as connection:
        assert foresee(connection, joiners, pseudonyms=KEYED, again=again) == expected
    done = import_joiners(
        engine=database, joiners=joiners, pseudonyms=KEYED, now=JUNE, again=again, advance=lambda _: None
    )
    assert done == expected

    states = [look_up(database, f"{name}@epj.no").language.value for name in ("new", "there", "gone", "away")]
    assert states == ["en", "nb", "en" if again else "nb", "nb"]
    assert look_up(database, "gone@epj.no").generation == (2 if again else 1)


def test_cut_short_nothing_is_imported(database: Engine) -> None:
    joiners = read("address\n" + "".join(f"user{number}@epj.no\n" for number in range(2_500)))
    done = 0

    def pull_the_plug(more: int) -> None:
        nonlocal done
        done += more
        if done == 2 * joining.CHUNK:
            raise DatabaseError("gone")

    with pytest.raises(DatabaseError):
        import_joiners(
            engine=database, joiners=joiners, pseudonyms=KEYED, now=MAY, again=False, advance=pull_the_plug
        )
    with reading(database) as connection:
        assert subscribers.count_by_state(connection) == {}
    assert message_states(database) == []


def test_memory_grows_with_the_rows_alone_and_little() -> None:
    text = "address,follow,leads\n" + "".join(
        f"user{number}@epj{number % 40}.example.no,service:kjernejournal,30d 7d\n" for number in range(5_000)
    )
    tracemalloc.start()
    assert len(read(text)) == 5_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
