"""Headers on every answer: nothing is loaded from elsewhere, framed, sniffed or remembered.

Mails carry private links to these pages, so no address may leak as a referrer.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROTECTION = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# For the pages that offer to copy an address; the others run no script at all.
WITH_SCRIPT = {"Content-Security-Policy": f"{PROTECTION['Content-Security-Policy']}; script-src 'self'"}

# For what is no page: no program shows a calendar or JSON as one, and may not guess that it is one. Nothing else is
# said, since every byte is said with each answer, and a cache reads each line anew.
FEED_PROTECTION = {name: PROTECTION[name] for name in ("X-Content-Type-Options", "Referrer-Policy")}

# Beside it for Atom: a browser would run a script in XML.
XML_PROTECTION = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class Protection:
    """Adds PROTECTION to whatever the wrapped application answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in PROTECTION.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_protected if scope["type"] == "http" else send)
