"""One page of HTML in one language, with links that work below any path prefix and on any host name."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse

from notifier.core.text import Language
from notifier.web.site import Site

# The languages by their own names, as people look for them.
LANGUAGES = {Language.NB: "Bokmål", Language.NN: "Nynorsk", Language.EN: "English"}


def page(
    site: Site,
    request: Request,
    name: str,
    *,
    language: Language,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Render `templates/web/NAME`. The page may be kept by nobody unless `headers` say otherwise."""
    body = site.templates.render(
        f"web/{name}",
        language,
        root=_way_to_root(request),
        publisher=site.publisher,
        contact=site.contact,
        languages=LANGUAGES,
        **values,
    )
    kept = {"Content-Language": language.value, "Cache-Control": "no-store", **(headers or {})}
    return HTMLResponse(body, status_code=status, headers=kept)


def _way_to_root(request: Request) -> str:
    """The relative way to the site's root, as the browser counts slashes: never from the Host header."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return "../" * (raw.partition(b"?")[0].count(b"/") - 1) or "./"
