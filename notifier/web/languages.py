"""Which language to answer in: what the address says, else what the browser prefers, else bokmål."""

from __future__ import annotations

from starlette.requests import Request

from notifier.core.text import Language
from notifier.feeds.asking import named_language


def preferred_language(request: Request) -> Language:
    """The browser's choice among ours (RFC 9110, 12.5.4); bokmål when it names none of them."""
    wishes: list[tuple[float, Language]] = []
    for part in request.headers.get("accept-language", "")[:1000].split(","):
        tag, _, weight = part.partition(";")
        language = named_language(tag)
        quality = _quality(weight)
        if language and quality > 0:
            wishes.append((quality, language))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else Language.NB


def asked_language(request: Request) -> Language:
    """What `?lang=` names, else what the path begins with, else the browser's choice."""
    in_path = request.url.path.removeprefix("/").partition("/")[0]
    return (
        named_language(request.query_params.get("lang", ""))
        or (Language(in_path) if in_path in set(Language) else None)
        or preferred_language(request)
    )


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
