"""Opening pages as people see them, and asking axe what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

NARROW, WIDE = 320, 1280
Scheme = Literal["light", "dark"]
# WCAG 2.1 A and AA, and what axe's makers advise beside them.
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
# The program that shows a mail has the landmarks; a mail in it has none.
_OF_MAILS = {"rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}}
_AXE = Axe().axe_script


@dataclass
class PageAt:
    """Opens pages, each in a context of its own, and closes them all."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, width: int, *, scheme: Scheme = "light", scripts: bool = True) -> Page:
        """An empty page of that width. Axe needs scripts; our pages do not, but some have one for comfort."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
            locale="nb-NO",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    def close(self) -> None:
        """Close every page it opened."""
        for context in self.contexts:
            context.close()


def axe_violations(page: Page, *, is_mail: bool = False) -> list[str]:
    """What axe finds: a line for each place, with the rule and the element. What is folded it does not see."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)  # not by a script element, which our policy forbids
    options = _RULES | (_OF_MAILS if is_mail else {})
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def axe_in_all_sizes(page: Page, *, is_mail: bool = False) -> list[str]:
    """What axe finds on a desktop in light colours and on a phone in dark ones; what is folded is opened first.

    Those two are enough, for no colour of ours depends on the width and no structure on the colours.
    """
    unfold(page)
    found = []
    sizes: tuple[tuple[int, Scheme], ...] = ((WIDE, "light"), (NARROW, "dark"))
    for width, scheme in sizes:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        lines = axe_violations(page, is_mail=is_mail)
        found += [f"{width} px, {scheme}: {line}" for line in lines]
    return found


def unfold(page: Page) -> None:
    """Open all that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def sideways(page: Page) -> int:
    """How many pixels the page must be scrolled sideways to see all of it."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
