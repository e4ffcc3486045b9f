"""The log: one event a decision, readable on a terminal and JSON elsewhere. Never an address or a secret."""

from __future__ import annotations

import logging
import sys

import structlog

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def start_logging(*, form: str, level: str) -> None:
    """Set the log up for this process. `form` is auto, console or json; it goes to standard error."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shape: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not readable:
        # Plain traces only: structured ones would carry local variables, and those hold addresses.
        shape.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shape, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    # Libraries speak only when something is wrong; their access logs could hold tokens.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")


def log(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one part of the program."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
