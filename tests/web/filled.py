"""A form as a browser would send it when nobody touches it."""

from __future__ import annotations

from html.parser import HTMLParser

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    """Every form of a page with what is filled in; of `<select>`, the chosen option."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.forms.append({})
            case "select":
                self._select = given["name"]
            case "option" if "selected" in given:
                self._add(self._select, given["value"])
            case "input" if given["type"] not in ("checkbox", "radio") or "checked" in given:
                self._add(given["name"], given["value"])

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def filled_with(html: str, field: str) -> Fields:
    """The form that holds such a field."""
    forms = _Forms()
    forms.feed(html)
    (found,) = (form for form in forms.forms if field in form)
    return found
