"""The templates of mails and pages: compiled at start, so that a broken one stops the daemon, not a mail.

One environment for each language, with that language's gettext and its words for dates as filters:
`day`, `short_day`, `short_month`, `when`, `days_left`, `working_days`, `verb`, `has_ended`, `number`; `sentence` gives
a clause its capital letter, `after` puts a sentence behind the name of what it is about, `flow` makes one line
of many, `clauses` one phrase.
Sentences stand once, in a `.txt.j2`; HTML takes them in through `flow|forceescape`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateSyntaxError,
    select_autoescape,
)

from notifier.compose.catalogs import load_translations
from notifier.compose.kept_code import KeptCode
from notifier.core.dates import (
    day_text,
    days_left_text,
    has_ended_text,
    number_text,
    short_date,
    short_month,
    verb_text,
    when_text,
    working_days_text,
)
from notifier.core.text import Language
from notifier.errors import ConfigurationError
from notifier.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Every template, compiled, in every language."""

    environments: Mapping[Language, Environment]

    def environment(self, language: Language) -> Environment:
        """The environment whose gettext and dates speak this language."""
        return self.environments[language]

    def render(self, name: str, language: Language, **values: object) -> str:
        """One template in one language. Raises jinja2.UndefinedError for a value it was not given."""
        return self.environments[language].get_template(name).render(**values)


@cache
def shipped_templates() -> Templates:
    """The ones that came with the program, compiled once in a process. Raises like `load_templates`."""
    return load_templates(shipped("templates"))


def load_templates(root: Path) -> Templates:
    """Compile every `*.j2` below a folder, in every language.

    Raises ConfigurationError naming file and line of every broken template or catalog.
    """
    # What is set here decides over the code as well.
    code = KeptCode(root, settings=Path(__file__).read_bytes())
    environments = {language: _environment(root, language, code) for language in Language}
    names = environments[Language.EN].list_templates(filter_func=lambda name: name.endswith(".j2"))
    if not names:
        raise ConfigurationError([f"{root}: holds no templates"])
    problems = {problem for env in environments.values() for name in names for problem in _compile(env, name)}
    if problems:
        raise ConfigurationError(sorted(problems))
    return Templates(environments=environments)


def _environment(root: Path, language: Language, code: BytecodeCache) -> Environment:
    # All but plain text is escaped: jinja2's usual choice goes by the last ending and misses .html.j2.
    environment = Environment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=(), disabled_extensions=("txt.j2",), default=True),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=code,
    )
    environment.policies["ext.i18n.trimmed"] = True
    translations = load_translations(root / "locale", language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = language
    environment.filters |= {
        "day": partial(day_text, language=language),
        "short_day": partial(short_date, language=language),
        "short_month": partial(short_month, language=language),
        "when": partial(when_text, language=language),
        "days_left": partial(days_left_text, language=language),
        "working_days": partial(working_days_text, language=language),
        "verb": partial(verb_text, language=language),
        "has_ended": partial(has_ended_text, language=language),
        "number": partial(number_text, language=language),
        "sentence": _sentence,
        "after": _after,
        "flow": _flow,
        "clauses": _clauses,
    }
    return environment


def _compile(environment: Environment, name: str) -> list[str]:
    try:
        environment.get_template(name)
    except TemplateSyntaxError as error:
        return [f"{error.filename or name}:{error.lineno}: {error.message}"]
    except (OSError, UnicodeDecodeError) as error:
        return [f"{name}: {error}"]
    return []


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]


def _after(sentence: str, name: str) -> str:
    return f"{_sentence(name)}: {sentence[:1].lower()}{sentence[1:]}" if name else sentence


def _flow(text: str) -> str:
    return " ".join(text.split())


def _clauses(text: str) -> str:
    """Clauses that each end with a semicolon, as one phrase."""
    found = (_flow(clause).replace(" ,", ",") for clause in text.split(";"))
    return "; ".join(clause for clause in found if clause)
