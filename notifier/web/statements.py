"""What a public service owes its visitors to know: what it stores of them, and how well it can be used by all."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from notifier.core.text import Language
from notifier.web.page import KEPT, Endpoint, in_thread, page
from notifier.web.site import Site


def statement(site: Site, name: str, fixed: Language) -> Endpoint:
    """`/LANGUAGE/NAME`, made from the template of that name."""

    def answer(request: Request, language: Language) -> Response:
        return page(
            site,
            request,
            f"{name}.html.j2",
            language=language,
            headers=KEPT,
            path=f"/{name}",
            kept=site.retention,
        )

    return in_thread(answer, fixed)
