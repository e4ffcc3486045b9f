"""Commands about the program itself: version, schema."""

from __future__ import annotations

from notifier.cli.frame import app
from notifier.shipped import release


@app.command()
def version() -> None:
    """Print the version."""
    print(f"notifier {release()}")


@app.command()
def schema() -> None:
    """Print the list's JSON Schema, for editors."""
    from notifier.sources.schema import schema_text

    print(schema_text(), end="")
