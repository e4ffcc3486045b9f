"""What a screen reader is given to say: Chromium's own accessibility tree, as lines in reading order.

    heading 1 Velg hva du får
    alert
    link Kryss av for minst én tjeneste eller endring, eller velg alt.
    radio Alt, også det som kommer senere (checked)

A screen reader on the system reads the same tree (by AT-SPI, UI Automation or NSAccessibility).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Page

# Told by what holds them, or by what they hold.
_SILENT = frozenset(
    ["none", "generic", "InlineTextBox", "RootWebArea", "paragraph", "LineBreak", "ListMarker", "LabelText", "Legend"]
)  # fmt: skip
# Their parts are the browser's own, in its own words; so is what is typed into a field.
_WHOLE = frozenset(["Date", "combobox", "textbox"])
# Said by most screen readers in words of their own, as a number of entries.
_COUNTED = frozenset(["list", "listitem", "strong", "code"])
_STATES = ("checked", "invalid", "required", "disabled")


def spoken_within(page: Page, landmark: str) -> list[str]:
    """The lines of one landmark: `banner`, `main` or `contentinfo`, up to the next one of these."""
    lines = spoken(page)
    after = lines[lines.index(landmark) + 1 :]
    end = (number for number, line in enumerate(after) if line in ("main", "contentinfo"))
    return after[: next(end, len(after))]


def spoken(page: Page) -> list[str]:
    """Every line, in order: role, level, name, states, and the description that is read after them."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    return list(_lines(nodes[0], by_id, named=""))


def _lines(node: Mapping[str, Any], by_id: Mapping[str, Any], *, named: str) -> Iterator[str]:
    """The lines of a node and what it holds. Text that its holder's name already says is not said again."""
    role, name = node.get("role", {}).get("value", ""), _value(node, "name")
    says_more = not node.get("ignored") and role not in _SILENT | _COUNTED
    if says_more and not (role == "StaticText" and (not name or name in named)):
        yield _line(node, role, name)
    if not node.get("ignored") and name and role != "RootWebArea":
        named = name
    if role in _WHOLE:
        return
    for child in node.get("childIds", ()):
        if child in by_id:
            yield from _lines(by_id[child], by_id, named=named)


def _line(node: Mapping[str, Any], role: str, name: str) -> str:
    states = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    level = f" {states['level']}" if role == "heading" else ""
    held = [_said(each, states[each]) for each in _STATES if states.get(each) not in (None, False, "false")]
    held += ["folded"] if role == "DisclosureTriangle" and states.get("expanded") is False else []
    described = _value(node, "description")
    parts = ["text" if role == "StaticText" else role + level, name, f"({', '.join(held)})" if held else ""]
    return " ".join(part for part in [*parts, f"– {described}" if described else ""] if part)


def _said(state: str, value: object) -> str:
    return state if value in (True, "true") else f"{state} {value}"


def _value(node: Mapping[str, Any], part: str) -> str:
    return " ".join(str(node.get(part, {}).get("value", "")).split())
