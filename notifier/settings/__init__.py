"""Settings: from a TOML file, the environment (`NOTIFIER_<TABLE>__<KEY>`), and defaults that need nothing.

Every problem is reported at once, each with its key and what to write instead.
"""

from notifier.settings.reading import find_file, load
from notifier.settings.whole import Settings

__all__ = ["Settings", "find_file", "load"]
