"""The check for vendors' pipelines: one line of shell that fails while a date is near, made for those who ask."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from notifier.core.text import Language
from notifier.feeds.query import LISTS, Listed

DAYS = 30


def check(*, base_url: str, services: Sequence[str], language: Language) -> str:
    """Fails where a Deadline of these services (none: of any) is fewer than DAYS away, and names it.

    It fails too where the list cannot be had: curl then prints nothing, and jq finds no input.
    """
    query = urlencode([*(("service", each) for each in services), ("state", "ahead"), ("state", "any-day")])
    near = f"$(date -d '+{DAYS} days' +%F)"
    told = rf'"\(.earliest) \(.title.{language}) \(.page.{language})\n"'
    return (
        f'curl -fsS "{base_url}{LISTS}{Listed.DEADLINES}?{query}&before={near}" | '
        f"jq -en 'input.deadlines | if . == [] then true else map({told}) | add | halt_error(1) end'"
    )
