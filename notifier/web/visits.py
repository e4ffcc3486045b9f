"""Counting visits by kind of page and answer, for monitoring: no paths, which may be private, and no visitors."""

from __future__ import annotations

from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notifier.web.edition import AtOnce, Headers, Ready

# By how a path ends or begins; the first that fits. Whatever fits none is a page.
_ENDINGS = {".ics": "calendar", ".atom": "atom", ".json": "json", ".css": "style", ".js": "script"}


class Visits:
    """Answers given since the process began, by kind and status."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, int]] = Counter()

    def counting(self, app: ASGIApp) -> ASGIApp:
        """The application, with its answers counted here."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.counts[kind_of(scope["path"]), message["status"]] += 1
                await send(message)

            await app(scope, receive, noting if scope["type"] == "http" else send)

        return counted

    def counting_at_once(self, at_once: AtOnce) -> AtOnce:
        """The answers that are ready at once, counted here as well."""

        def counted(method: str, path: str, query: bytes, headers: Headers) -> Ready | None:
            found = at_once(method, path, query, headers)
            if found is not None:
                self.counts[kind_of(path), found.status] += 1
            return found

        return counted


def kind_of(path: str) -> str:
    """What kind of thing stands at a path."""
    if path.startswith("/health/"):
        return "health"
    if path.startswith("/api/"):
        return "json"
    for ending, kind in _ENDINGS.items():
        if path.endswith(ending):
            return "private_calendar" if kind == "calendar" and "/private/" in path else kind
    return "page"
