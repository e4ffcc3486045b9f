"""Every variant of a calendar is sound, read alike by all programs, and the same bytes each time."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.change import ChangeList
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.addresses import Variant
from notifier.feeds.ical import calendar
from notifier.feeds.reminders import Reminding
from tests.feeds.lint import lint
from tests.feeds.lists import OSLO, feed, history_of
from tests.feeds.readers import IcalJs, all_readers
from tests.feeds.test_any_list import stories
from tests.web.sites import real_list

ICAL_JS = "ical.js@2.2.1"
ANY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def published(lists: list[ChangeList], variant: Variant, language: Language, today: date) -> bytes:
    """The calendar with everything, in one variant."""
    reminding = None if variant is Variant.PLAIN else Reminding(timing=Timing(zone=OSLO))
    return calendar(
        changes=lists[-1],
        history=history_of(lists),
        today=today,
        feed=feed(language),
        variant=variant,
        reminding=reminding,
    )


@pytest.fixture(scope="session")
def ical_js(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IcalJs]:
    """Thunderbird's reader, where Node is and npm can fetch it."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node and npm are not installed here")
    folder = tmp_path_factory.mktemp("ical.js")
    (folder / "package.json").write_text("{}")
    try:
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", ICAL_JS]
        subprocess.run(command, cwd=folder, check=True, timeout=60, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"npm cannot fetch {ICAL_JS} from here")
    reader = IcalJs(folder)
    yield reader
    reader.close()


@pytest.mark.parametrize("variant", Variant)
@ANY
@given(lists=stories(), language=st.sampled_from(Language), after=st.integers(0, 500))
def test_all_readers_agree_on_any_list(
    variant: Variant, lists: list[ChangeList], language: Language, after: int
) -> None:
    body = published(lists, variant, language, date(2026, 5, 1) + timedelta(days=after))
    assert lint(body) == []
    first, *others = all_readers(body).values()
    assert all(other == first for other in others)
    assert body == published(lists, variant, language, date(2026, 5, 1) + timedelta(days=after))


@pytest.mark.parametrize("variant", Variant)
@ANY
@given(lists=stories(), after=st.integers(0, 500))
def test_thunderbird_reads_the_same(
    ical_js: IcalJs, variant: Variant, lists: list[ChangeList], after: int
) -> None:
    body = published(lists, variant, Language.NN, date(2026, 5, 1) + timedelta(days=after))
    assert ical_js.read(body) == all_readers(body)["Home Assistant"]


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("language", Language)
def test_the_real_list_reads_the_same(ical_js: IcalJs, variant: Variant, language: Language) -> None:
    body = published([real_list()], variant, language, date(2026, 11, 23))
    first, *others = all_readers(body).values()
    assert first
    assert all(other == first for other in (*others, ical_js.read(body)))
