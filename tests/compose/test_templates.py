"""Templates and catalogs: whatever is broken in them stops the start, by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from notifier.compose.rehearsal import rehearse
from notifier.compose.templates import load_templates
from notifier.core.text import Language
from notifier.errors import ConfigurationError
from notifier.shipped import shipped
from tests.compose.mails import LETTERHEAD, LINKS, shipped_templates


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped templates, to break."""
    return Path(shutil.copytree(shipped("templates"), tmp_path / "templates"))


def test_what_ships_is_whole() -> None:
    rehearse(templates=shipped_templates(), letterhead=LETTERHEAD, links=LINKS)


def test_a_syntax_error_is_named_by_file_and_line(copy: Path) -> None:
    (copy / "email" / "moved.txt.j2").write_text("fine\n{% if %}\n")
    with pytest.raises(ConfigurationError, match=r"moved\.txt\.j2:2: "):
        load_templates(copy)


def test_every_broken_template_is_named_at_once(copy: Path) -> None:
    (copy / "email" / "moved.txt.j2").write_text("{{ x")
    (copy / "email" / "section.html.j2").write_text("{{ x|there_is_no_such_filter }}")
    with pytest.raises(ConfigurationError) as refusal:
        load_templates(copy)
    assert len(refusal.value.problems) == 2


def test_a_missing_variable_is_named_by_file_and_line(copy: Path) -> None:
    (copy / "email" / "footer.html.j2").write_text("fine\n{{ there_is_no_such_thing }}\n")
    templates = load_templates(copy)
    with pytest.raises(ConfigurationError, match=r"footer\.html\.j2:2: 'there_is_no_such_thing'"):
        rehearse(templates=templates, letterhead=LETTERHEAD, links=LINKS)


def test_the_rehearsal_passes_through_every_template(copy: Path) -> None:
    passed: set[str] = set()

    def passing(name: str) -> str:
        passed.add(name)
        return ""

    names = {path.name for path in copy.glob("email/*.j2") if "style" not in path.name}
    for name in names:
        with (copy / "email" / name).open("a") as template:
            template.write(f"{{{{ passing('{name}') }}}}")
    templates = load_templates(copy)
    for environment in templates.environments.values():
        environment.globals["passing"] = passing
    rehearse(templates=templates, letterhead=LETTERHEAD, links=LINKS)
    assert passed == names


def test_a_letterhead_that_cannot_stand_in_a_header_stops_the_start() -> None:
    from dataclasses import replace

    with pytest.raises(ConfigurationError, match=r"publisher\.name"):
        rehearse(
            templates=shipped_templates(),
            letterhead=replace(LETTERHEAD, publisher="a\r\nBcc: b@c.example"),
            links=LINKS,
        )


def test_a_broken_catalog_is_named_by_file_and_line(copy: Path) -> None:
    (copy / "locale" / "nn" / "mail.po").write_text('msgid "One"\nmsgstrr "Ein"\n')
    with pytest.raises(ConfigurationError, match=r"nn/mail\.po:2: "):
        load_templates(copy)


def test_a_translation_with_another_placeholder_is_refused(copy: Path) -> None:
    with (copy / "locale" / "nn" / "mail.po").open("a") as catalog:
        catalog.write('\nmsgid "At %(time)s"\nmsgstr "Klokka %(tid)s"\n')
    with pytest.raises(ConfigurationError, match="other placeholders"):
        load_templates(copy)


def test_two_catalogs_that_disagree_are_refused(copy: Path) -> None:
    (copy / "locale" / "nb" / "other.po").write_text('msgid "Moved"\nmsgstr "Forflyttet"\n')
    with pytest.raises(ConfigurationError, match="translated differently"):
        load_templates(copy)


def test_a_language_without_catalogs_is_refused(copy: Path) -> None:
    shutil.rmtree(copy / "locale" / "nn")
    with pytest.raises(ConfigurationError, match="holds no catalog"):
        load_templates(copy)


def test_a_folder_without_templates_is_refused(copy: Path) -> None:
    shutil.rmtree(copy / "email")
    shutil.rmtree(copy / "web", ignore_errors=True)
    with pytest.raises(ConfigurationError, match="holds no templates"):
        load_templates(copy)


def test_values_are_escaped_in_everything_but_text(copy: Path) -> None:
    for name in ("plain.txt.j2", "page.html.j2", "picture.svg.j2"):
        (copy / name).write_text("{{ value }}")
    templates = load_templates(copy)
    shown = {n: templates.render(n, Language.EN, value="<b>") for n in ("page.html.j2", "picture.svg.j2")}
    assert set(shown.values()) == {"&lt;b&gt;"}
    assert templates.render("plain.txt.j2", Language.EN, value="<b>") == "<b>"


def test_a_value_that_was_not_given_is_an_error(copy: Path) -> None:
    (copy / "page.html.j2").write_text("{{ value }}")
    with pytest.raises(UndefinedError):
        load_templates(copy).render("page.html.j2", Language.EN)
