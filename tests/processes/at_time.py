"""The program `notifier` with its wall clock moved: `python at_time.py run`, as `notifier run`.

The file that $MOVED_CLOCK names says by how many seconds. It is read at every look at the clock, so that the
clock of a running daemon can be moved as well. The daemon also ticks faster and is less patient when
it stops, so that tests need not wait. All else is the real program.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from notifier import app

TICKS = {"TICK_SECONDS": 1, "SEND_SECONDS": 1, "RECOVER_SECONDS": 1, "BEAT_SECONDS": 1}
DRAINING = {"DRAIN_SECONDS": 5}

FILE = Path(os.environ["MOVED_CLOCK"])
machines_clock = app.clock


def moved_clock() -> datetime:
    """The machine's clock, moved."""
    return machines_clock() + timedelta(seconds=float(FILE.read_text(encoding="ascii")))


if __name__ == "__main__":
    app.clock = moved_clock
    # Only now, for these remember the clock that they are given.
    from notifier.__main__ import main
    from notifier.daemon import run, stopping

    vars(run).update(TICKS)
    vars(stopping).update(DRAINING)
    main()
