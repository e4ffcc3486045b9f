"""The README's check for vendors' pipelines, run as it stands there by a shell, with curl and jq."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifier.core.change import ChangeList, Service
from notifier.core.text import Language
from notifier.feeds.pipeline import check
from tests.feeds.lists import firm, one_deadline
from tests.web.serving import Client, serving
from tests.web.sites import site

SITE = "https://varsel.example.no"
README = (Path(__file__).parents[2] / "README.md").read_text()
missing = [tool for tool in ("bash", "curl", "jq") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed here: {', '.join(missing)}")


@pytest.fixture
def ahead(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A site whose one Deadline lies that many days ahead of the clock that `date` reads."""
    now = datetime.now(UTC)  # noqa: TID251 -- the shell's `date` has no other clock
    changes = one_deadline(firm(f"{now.date() + timedelta(days=request.param)}"))
    with serving(site(changes=lambda: followed(changes), now=lambda: now)) as client:
        yield client


def followed(changes: ChangeList) -> ChangeList:
    """The list with the services that the README follows, its one Change being of the first."""
    services = (Service(id="helseid", name="HelseID"), Service(id="preg", name="PREG"))
    moved = replace(changes.changes[0], service="helseid")
    return replace(changes, services=services, changes=(moved,))


def one_line() -> str:
    found = re.search(r"^    (curl -fsS .*)$", README, re.MULTILINE)
    assert found
    return found[1]


def job() -> str:
    found = re.search(r"- run: \|\n((?: {10}.*\n)+)", README)
    assert found
    return textwrap.dedent(found[1])


def run(script: str, client: Client) -> subprocess.CompletedProcess[str]:
    here = f"http://127.0.0.1:{client.port}"
    environment = {
        "LIST": f"{here}/api/v1/deadlines",
        "FOLLOWED": "service=helseid&service=preg",
        "DAYS": "30",
    }
    return subprocess.run(
        # As GitHub runs a step.
        ["bash", "-e", "-c", script.replace(SITE, here).replace("--retry 3", "")],
        env={**os.environ, **environment, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_the_page_offers_the_same_line_for_its_own_address() -> None:
    assert check(base_url=SITE, services=["helseid", "preg"], language=Language.EN) == one_line()


@pytest.mark.parametrize("script", [one_line(), job()], ids=["one line", "job"])
@pytest.mark.parametrize("ahead", [29], indirect=True)
def test_it_fails_and_names_what_ends_within_the_days(script: str, ahead: Client) -> None:
    done = run(script, ahead)
    assert done.returncode == 1
    assert re.search(
        r"^\d{4}-\d\d-\d\d gammel innlogging https://\S+/en/change/portal$", done.stderr, re.MULTILINE
    )


@pytest.mark.parametrize("script", [one_line(), job()], ids=["one line", "job"])
@pytest.mark.parametrize("ahead", [31], indirect=True)
def test_it_passes_while_nothing_is_that_near(script: str, ahead: Client) -> None:
    done = run(script, ahead)
    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


@pytest.mark.parametrize("script", [one_line(), job()], ids=["one line", "job"])
@pytest.mark.parametrize("ahead", [31], indirect=True)
def test_it_fails_on_a_service_that_is_not_there(script: str, ahead: Client) -> None:
    misspelt = "service=hlseid"
    done = run(script.replace("service=helseid", misspelt).replace("$FOLLOWED", misspelt), ahead)
    assert done.returncode != 0
    assert "400" in done.stderr
