"""The frame of the command line: the application, what every exit code means, how errors are told.

Exit codes: 0 fine, 1 something needs attention, 2 wrong usage, 78 configuration error (EX_CONFIG of sysexits.h).
Heavy modules are imported inside the commands, so that `notifier --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from notifier.errors import ConfigurationError, ListRefusedError, NotifierError, UsageError

FINE = 0
ATTENTION = 1
WRONG_USAGE = 2
CONFIGURATION = 78

app = typer.Typer(
    name="notifier",
    help="Reminders by mail and calendar feeds before national e-health services change or go away.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def before_every_command(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The settings file; else $NOTIFIER_CONFIG, config/notifier.toml, /etc/notifier/notifier.toml.",
        ),
    ] = None,
) -> None:
    """Reminders by mail and calendar feeds before national e-health services change or go away."""
    context.obj = config


def run(arguments: Sequence[str]) -> int:
    """Run one command; answers its exit code. Expected errors are told on standard error, without a traceback."""
    try:
        app(_config_first(arguments), prog_name="notifier")
    except SystemExit as done:
        return _flushed(done.code if isinstance(done.code, int) else FINE)
    except NotifierError as error:
        print(_told(error), file=sys.stderr)
        return _exit_code(error)
    except KeyboardInterrupt:
        return 130
    return _flushed(FINE)


def _config_first(arguments: Sequence[str]) -> list[str]:
    """`--config FILE` may stand behind the command too, where people write it."""
    first: list[str] = []
    rest = list(arguments)
    for index, word in enumerate(rest):
        if word == "--":
            break
        if word == "--config":
            first, rest[index : index + 2] = rest[index : index + 2], []
            break
        if word.startswith("--config="):
            first, rest[index : index + 1] = [word], []
            break
    return first + rest


def _told(error: NotifierError) -> str:
    match error:
        case ConfigurationError():
            return f"The settings need mending:\n{error}"
        case ListRefusedError():
            return f"The list is refused; mend it:\n{error}"
        case _:
            text = str(error)
            return text[:1].upper() + text[1:]


def _exit_code(error: NotifierError) -> int:
    match error:
        case UsageError():
            return WRONG_USAGE
        case ConfigurationError():
            return CONFIGURATION
        case _:
            return ATTENTION


def _flushed(code: int) -> int:
    """Write out what is buffered; a reader that went away (`notifier plan | head`) is no error to tell."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
