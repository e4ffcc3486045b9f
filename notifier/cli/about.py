"""Commands about the program itself: version, schema."""

from __future__ import annotations

from notifier.cli.frame import app


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    print(f"notifier {installed('notifier')}")


@app.command()
def schema() -> None:
    """Print the list's JSON Schema, for editors."""
    from notifier.sources.schema import schema_text

    print(schema_text(), end="")
