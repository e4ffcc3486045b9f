"""khal itself imports the calendars: the command, into a folder of its own, over what it imported before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from notifier.core.change import Status
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from tests.feeds.lists import firm, one_deadline, same, vague
from tests.feeds.readers import Khal, all_readers
from tests.feeds.test_variants import published
from tests.web.sites import real_list

LANGUAGES = dict(zip(Variant, Language, strict=True))


@pytest.mark.parametrize("variant", Variant)
def test_it_has_the_events_of_the_real_list_as_all_others_read_them(tmp_path: Path, variant: Variant) -> None:
    body = published([real_list()], variant, LANGUAGES[variant], date(2026, 11, 23))
    found = Khal(tmp_path).take_in(body)
    assert found
    assert found == all_readers(body)["Home Assistant"]


def test_what_moved_stands_there_once_as_it_is_now(tmp_path: Path) -> None:
    window = one_deadline(vague("2026-Q4"))
    odd = same('Å, «b»; c: "d" \\ e – 😀 ' + "langt ord " * 20)
    lists = [
        replace(window, changes=(replace(window.changes[0], title=odd),)),
        one_deadline(firm("2026-12-01"), status=Status.WITHDRAWN),
    ]
    khal = Khal(tmp_path)
    for count in (1, 2):
        body = published(lists[:count], Variant.PLAIN, Language.NB, date(2026, 6, 1))
        assert khal.take_in(body) == all_readers(body)["Home Assistant"]
