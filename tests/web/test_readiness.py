"""The page on who is ready: for whoever has the signed link, while it lasts; it names nobody's address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from notifier.compose.report_sample import report_samples
from notifier.core.curve import Curve
from notifier.core.readiness import Picture
from tests.web.serving import Client, serving
from tests.web.sites import LINKS, NOW, real_list, site

CHANGE = real_list().changes[0]


def found(change_id: str) -> tuple[Picture, Curve] | None:
    return report_samples(CHANGE, now=NOW)[0] if change_id == CHANGE.id else None


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serving(site(readiness=found)) as client:
        yield client


def path(change_id: str = CHANGE.id, days: int = 14) -> str:
    return LINKS.readiness(change_id, until=NOW + timedelta(days=days)).removeprefix(LINKS.base_url)


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Alle leverandørene"), ("nn", "Alle leverandørane"), ("en", "Every vendor")],
)
def test_it_is_shown_in_each_language_and_kept_by_nobody(client: Client, language: str, words: str) -> None:
    shown = client.get(f"{path()}?lang={language}")
    assert shown.status == 200
    assert words in shown.text
    assert "no-store" in shown.headers["cache-control"]
    assert "noindex" in shown.headers["x-robots-tag"]


@pytest.mark.parametrize("other", [path(days=0), path("nothing"), f"{path()}x", "/readiness/portal"])
def test_other_links_and_old_ones_show_nothing(client: Client, other: str) -> None:
    shown = client.get(other)
    assert shown.status == 404
    assert "vendor of" not in shown.text


def test_it_only_reads(client: Client) -> None:
    assert client.ask("POST", path(), body=b"").status == 405
