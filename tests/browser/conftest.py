"""A real Chromium for the tests of pages and mails, and axe, which knows the rules of WCAG that a program can check.

    def test_it(page_at, pages):
        page = page_at(320, scheme="dark")
        page.goto(f"{pages}/nb")
        assert axe_violations(page) == []

Playwright's loop runs on the main thread for as long as its browser lives, which is why it ends with this folder:
tests here start what needs a loop of its own in a thread or a process.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from notifier.compose.report_sample import report_samples
from tests.browser.lists import busy_list
from tests.browser.looking import PageAt
from tests.feeds.lists import history_of
from tests.web.serving import serving
from tests.web.sites import NOW, real_list, site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file; skipped where the system has none.

    Not for longer: while it runs, Playwright keeps an event loop going in this thread, in which no other test
    could start one.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        # Without its sandbox, which needs rights that a container does not give; it sees our own pages only.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page_at(browser: Browser) -> Iterator[PageAt]:
    """Opens pages of a width, light or dark, with scripts or without; all are closed after the test."""
    opener = PageAt(browser)
    yield opener
    opener.close()


@pytest.fixture(scope="package")
def pages() -> Iterator[str]:
    """The address of a server with the real list on 23 November 2026."""
    history = history_of([real_list()])
    change = real_list().changes[0]
    with serving(
        site(history=lambda: history, readiness=lambda _: report_samples(change, now=NOW)[0])
    ) as client:
        yield f"http://127.0.0.1:{client.port}"


@pytest.fixture(scope="package")
def busy() -> Iterator[str]:
    """The address of a server with a list that has every shape of date and every standing."""
    history = history_of([busy_list()])
    with serving(site(changes=busy_list, history=lambda: history)) as client:
        yield f"http://127.0.0.1:{client.port}"
