"""One page of HTML in one language, with links that work below any path prefix and on any host name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from notifier.core.text import Language
from notifier.web.languages import preferred_language
from notifier.web.site import Site

# The languages by their own names, as people look for them.
LANGUAGES = {Language.NB: "Bokmål", Language.NN: "Nynorsk", Language.EN: "English"}
KEPT = {"Cache-Control": "public, max-age=300"}
Endpoint = Callable[[Request], Awaitable[Response]]


def page(
    site: Site,
    request: Request,
    name: str,
    *,
    language: Language,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    path: str = "",
    **values: object,
) -> HTMLResponse:
    """Render `templates/web/NAME`. The page may be kept by nobody unless `headers` say otherwise.

    `path` is where the page is below its language's front page, for the links to the other languages.
    """
    body = site.templates.render(
        f"web/{name}",
        language,
        root=_way_to_root(request),
        path=path,
        publisher=site.publisher,
        contact=site.contact,
        privacy_url=site.privacy_url,
        accessibility_url=site.accessibility_url,
        pages={each: site.links.page(each) for each in Language},
        languages=LANGUAGES,
        **values,
    )
    kept = {"Content-Language": language.value, "Cache-Control": "no-store", **(headers or {})}
    return HTMLResponse(body, status_code=status, headers=kept)


def waiting(site: Site, request: Request, language: Language) -> Response:
    """What is shown before the first list was ever read."""
    headers = {"Retry-After": "60", "Cache-Control": "no-store"}
    return page(site, request, "waiting.html.j2", language=language, status=503, headers=headers)


def in_thread(answer: Callable[[Request, Language], Response], fixed: Language | None) -> Endpoint:
    """An endpoint whose page is made in a worker thread, in that language or the one that the browser prefers."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request, fixed or preferred_language(request))

    return endpoint


def _way_to_root(request: Request) -> str:
    """The relative way to the site's root, as the browser counts slashes: never from the Host header."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return "../" * (raw.partition(b"?")[0].count(b"/") - 1) or "./"
