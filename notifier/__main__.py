"""The program `notifier`."""

from __future__ import annotations

import sys

from notifier.cli.commands import run


def main() -> None:
    """Run the command that was asked for and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
