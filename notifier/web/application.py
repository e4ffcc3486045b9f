"""The web application: every route, and what people read when something is not there.

Whoever runs it must keep paths out of the access log: those of `/leave/` and of private calendars are secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier.core.text import Language
from notifier.web.access import accessing
from notifier.web.answering import answering
from notifier.web.calendars_page import calendars_page
from notifier.web.change_page import change_page
from notifier.web.choosing import choosing
from notifier.web.confirming import confirming, confirming_new_address, denying, undoing
from notifier.web.feeds import Feeds
from notifier.web.front import front
from notifier.web.headers import PROTECTION, Protection
from notifier.web.health import health
from notifier.web.languages import asked_language
from notifier.web.leaving import leaving
from notifier.web.mailbox import mailbox_routes
from notifier.web.page import page
from notifier.web.readiness import readiness
from notifier.web.site import Site
from notifier.web.statements import statement
from notifier.web.subscribing import subscribing

MOST_BODY = 64 * 1024


def create_app(site: Site) -> Feeds:
    """The ASGI application: the Feeds, and behind them the pages.

    Raises jinja2.TemplateNotFound when the stylesheet or the script is missing.
    """
    app = Starlette(
        routes=[
            Route("/", front(site, None)),
            Route("/calendars", calendars_page(site, None)),
            *(route for language in Language for route in _pages(site, language)),
            Route("/leave/{token}", leaving(site), methods=["GET", "POST"]),
            Route("/leave/{token}/{about}", leaving(site), methods=["GET", "POST"]),
            Route("/subscribe", subscribing(site), methods=["GET", "POST"]),
            Route("/confirm/{token}", confirming(site), methods=["GET", "POST"]),
            Route("/deny/{token}", denying(site), methods=["GET", "POST"]),
            Route("/choose/{token}", choosing(site), methods=["GET", "POST"]),
            Route("/answer/{token}", answering(site), methods=["GET", "POST"]),
            Route("/access/{token}", accessing(site), methods=["GET", "POST"]),
            Route("/new-address/{token}", confirming_new_address(site), methods=["GET", "POST"]),
            Route("/undo/{token}", undoing(site), methods=["GET", "POST"]),
            Route("/readiness/{token}", readiness(site)),
            *mailbox_routes(site),
            Route("/style.css", _file(site, "style.css", "text/css")),
            Route("/copy.js", _file(site, "copy.js", "text/javascript")),
            Route("/health/live", health(site, lambda found: found.live)),
            Route("/health/ready", health(site, lambda found: found.ready)),
        ],
        middleware=[
            Middleware(Protection),
            Middleware(RequestBodyLimitMiddleware, max_body_size=MOST_BODY),
        ],
        exception_handlers={HTTPException: _refusal(site), Exception: _failure(site)},
    )
    # The router would make the redirect's address from the Host header.
    app.router.redirect_slashes = False
    return Feeds(app, site)


def _pages(site: Site, language: Language) -> list[Route]:
    """The public pages of one language."""
    return [
        Route(f"/{language}", front(site, language)),
        Route(f"/{language}/", _without_slash),
        Route(f"/{language}/change/{{change_id}}", change_page(site, language)),
        Route(f"/{language}/calendars", calendars_page(site, language)),
        Route(f"/{language}/privacy", statement(site, "privacy", language)),
        Route(f"/{language}/accessibility", statement(site, "accessibility", language)),
    ]


async def _without_slash(request: Request) -> Response:
    """The way from `/nb/` to `/nb`, relative: never from the Host header."""
    path = request.url.path.rstrip("/").rpartition("/")[2]
    return RedirectResponse(
        f"../{path}{f'?{request.url.query}' if request.url.query else ''}", status_code=308
    )


def _file(site: Site, name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    environment = site.templates.environment(Language.EN)
    if environment.loader is None:
        raise TypeError("the templates' environment has no loader")
    text, _, _ = environment.loader.get_source(environment, f"web/{name}")
    headers = {
        "Cache-Control": "public, max-age=3600",
        "ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"',
    }

    async def endpoint(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type=media_type, headers=headers)

    return endpoint


def _refusal(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        headers = error.headers if isinstance(error, HTTPException) else None
        return page(
            site,
            request,
            "error.html.j2",
            language=asked_language(request),
            status=status,
            headers=headers,
            code=status,
        )

    return answer


def _failure(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        # This answer is made outside the middleware, so it brings its own protection.
        return page(
            site,
            request,
            "error.html.j2",
            language=asked_language(request),
            status=500,
            headers=PROTECTION,
            code=500,
        )

    return answer
