"""The log: one event a decision, readable on a terminal and JSON elsewhere. Never an address or a secret.

Whoever an event is about is given as a Person, and written as a keyed pseudonym.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifier.core.pseudonym import Pseudonyms

# Where structlog finds rich, it loads all of it to draw failures with their local variables. Those hold addresses, and
# what draws them takes 4 MB: so it finds none. The progress bars, which want rich, find it as ever.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402

if _rich is None:
    del sys.modules["rich"]
else:
    sys.modules["rich"] = _rich

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

# How systemd's journal wants to be told how grave a line is (sd-daemon(3)).
_GRAVITY = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>", "critical": "<2>"}


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Whom an event is about, by address. However it is written, the address is not."""

    address: str

    def __repr__(self) -> str:
        return "somebody"


class _Naming:
    """Writes people as pseudonyms."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def __call__(self, logger: object, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._named(value) for name, value in event.items()}

    def _named(self, value: object) -> object:
        return self._pseudonyms.person(value.address) if isinstance(value, Person) else value


def name_people(pseudonyms: Pseudonyms) -> None:
    """Write people as these pseudonyms from now on in this process; before, everybody is “somebody”."""
    others = [each for each in _processors() if not isinstance(each, _Naming)]
    structlog.configure(processors=[_Naming(pseudonyms), *others])


def _processors() -> Sequence[structlog.typing.Processor]:
    known: Sequence[structlog.typing.Processor] = structlog.get_config()["processors"]
    return known


class _Libraries(logging.Handler):
    """Says in the log's own form what libraries have to say."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            log(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info)
        except Exception:  # noqa: BLE001 -- what a library says must not end what it does
            self.handleError(record)


def _goes_to_the_journal() -> bool:
    """Whether standard error is a stream of systemd's journal ($JOURNAL_STREAM in systemd.exec(5))."""
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stream.st_dev}:{stream.st_ino}"


def _graded(logger: object, method: str, written: Any) -> str:
    """Lines that say how grave they are, so that `journalctl -p warning` finds them."""
    return "\n".join(_GRAVITY[method] + line for line in str(written).split("\n"))


def start_logging(*, form: str, level: str) -> None:
    """Set the log up for this process. `form` is auto, console or json; it goes to standard error."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shape: list[structlog.typing.Processor] = [
        *(each for each in _processors() if isinstance(each, _Naming)),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not readable:
        # Plain traces only: structured ones would carry local variables, and those hold addresses.
        shape.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shape, renderer, *([_graded] if _goes_to_the_journal() else [])],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    # Libraries speak only when something is wrong; their access logs could hold tokens.
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()])


def log(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one part of the program."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
