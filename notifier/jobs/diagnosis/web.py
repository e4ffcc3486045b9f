"""The page as people reach it: whether it answers at web.base_url, and what a proxy before it changes."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

from notifier.jobs.diagnosis.finding import Finding, error, ok, warning
from notifier.settings import Settings
from notifier.settings.problems import LOOPBACK, parts_of

SECONDS = 5.0


def look_at_page(settings: Settings) -> Iterator[Finding]:
    """Ask for the calendar as a subscriber's program would."""
    base = settings.base_url
    url = parts_of(base)
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        advice = "let a proxy serve it over https, and set web.base_url to that"
        yield warning("page", f"{base} is not encrypted, and the links in mails are private", advice)
    if url.scheme == "https" and not settings.web.trusted_proxies:
        advice = "set web.trusted_proxies to the proxy's address"
        yield warning("page", "a proxy serves the page, and to us all visitors come from its address", advice)
    if settings.web.base_url is None and not settings.mail_url.startswith("maildir:"):
        advice = "set web.base_url to the address people reach the page at"
        yield error("page", f"links in mails begin with {base}, which works on this machine only", advice)
    try:
        headers = _headers(f"{base}/calendar.ics")
    except urllib.error.HTTPError as refused:
        refused.close()
        advice = "look at the proxy, and at /health/ready"
        yield error("page", f"{base}/calendar.ics answers {refused.code}", advice)
        return
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        yield _unreached(base, trouble)
        return
    spoilt = list(_changed(headers))
    for what in spoilt:
        yield error(
            "page", f"{base}/calendar.ics {what}", "see deploy/proxy for proxies that leave it as it is"
        )
    if not spoilt:
        yield ok("page", f"{base} answers, and the calendar arrives as it was sent")


def _unreached(base: str, trouble: Exception) -> Finding:
    """What keeps the page from being seen from here."""
    reason = trouble.reason if isinstance(trouble, urllib.error.URLError) else trouble
    if isinstance(reason, ssl.SSLCertVerificationError):
        advice = "let the proxy show a valid one, with its chain, or this machine trust who signed it"
        return error("page", f"the certificate of {base} is not valid: {reason.verify_message}", advice)
    if isinstance(trouble, http.client.HTTPException) and not isinstance(trouble, OSError):
        reason = "what answers there does not speak HTTP"
    advice = "start the daemon and the proxy, or look from a machine that reaches it"
    return warning("page", f"{base} does not answer from here: {reason}", advice)


def _headers(address: str) -> Message:
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310 -- checked with the settings
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        headers: Message = answer.headers
        return headers


def _changed(headers: Message) -> Iterator[str]:
    if not headers.get("Content-Type", "").startswith("text/calendar"):
        yield "is not a calendar: is it the address of another page?"
    if not headers.get("ETag", "").startswith('"'):
        yield "has no strong ETag: the proxy changes what it passes on, perhaps by compressing it"
    if "Referrer-Policy" not in headers or "X-Content-Type-Options" not in headers:
        yield "lacks our security headers: the proxy drops them"
