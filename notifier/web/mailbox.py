"""`/mail`: the mailbox that mails go to while somebody tries the notifier on their own machine.

So a newcomer subscribes, reads the confirmation and confirms without leaving the page. There are no such
routes where mail leaves the machine or the page is served to others, and whoever does not ask from this machine
as the same user gets 404.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from notifier.web.languages import asked_language
from notifier.web.neighbour import is_own
from notifier.web.page import page
from notifier.web.site import Site

MOST_SHOWN = 200
# The mail's own style, and links that open in the whole window; nothing else runs or is loaded.
_FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'; "
        "sandbox allow-top-navigation-by-user-activation allow-popups"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One mail of the mailbox, in short."""

    name: str
    subject: str
    to: str
    at: datetime


def mailbox_routes(site: Site) -> list[Route]:
    """The routes, none where there is no mailbox to show."""
    folder = site.register.mailbox
    if folder is None:
        return []
    return [
        Route("/mail", partial(_listing, site, folder)),
        Route("/mail/{name}", partial(_mail, site, folder)),
        Route("/mail/{name}/body", partial(_body, folder)),
    ]


async def _refuse_strangers(request: Request) -> None:
    if not await run_in_threadpool(is_own, request):
        raise HTTPException(status_code=404)


async def _listing(site: Site, folder: Path, request: Request) -> Response:
    await _refuse_strangers(request)
    mails = await run_in_threadpool(_newest, folder)
    return page(site, request, "mailbox.html.j2", language=asked_language(request), mails=mails)


async def _mail(site: Site, folder: Path, request: Request) -> Response:
    await _refuse_strangers(request)
    name = request.path_params["name"]
    message = await run_in_threadpool(_read, folder, name)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    return page(
        site,
        request,
        "mail.html.j2",
        language=asked_language(request),
        headers={"Content-Security-Policy": _AROUND_FRAME},
        mail=_shown(name, message),
        has_html=html is not None,
        text=text.get_content() if text else "",
    )


_AROUND_FRAME = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


async def _body(folder: Path, request: Request) -> Response:
    await _refuse_strangers(request)
    message = await run_in_threadpool(_read, folder, request.path_params["name"])
    part = message.get_body(("html",))
    if part is None:
        raise HTTPException(status_code=404)
    # Links of a mail open in the whole window: a page of ours refuses to be framed.
    html = str(part.get_content()).replace("<head>", '<head><base target="_top">', 1)
    return HTMLResponse(html, headers=_FRAMED)


def _newest(folder: Path) -> list[Shown]:
    files = [file for part in ("new", "cur") for file in (folder / part).glob("*") if file.is_file()]
    newest = sorted(files, key=lambda file: (file.stat().st_mtime, file.name), reverse=True)[:MOST_SHOWN]
    return [_shown(file.name, _parsed(file)) for file in newest]


def _read(folder: Path, name: str) -> EmailMessage:
    """A mail by its file's name. Raises HTTPException 404 when there is none."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.:,=-]*", name):
        for part in ("new", "cur"):
            if (folder / part / name).is_file():
                return _parsed(folder / part / name)
    raise HTTPException(status_code=404)


def _parsed(file: Path) -> EmailMessage:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes an EmailMessage")
    return message


def _shown(name: str, message: EmailMessage) -> Shown:
    return Shown(
        name=name, subject=str(message["Subject"]), to=str(message["To"]), at=message["Date"].datetime
    )
