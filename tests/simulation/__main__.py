"""Play worlds by hand: `python -m tests.simulation SEED` tells one, `… FIRST LAST` plays many in a row.

With `short` before the numbers they are the short ones.
"""

from __future__ import annotations

import logging
import sys
import time

import structlog

from tests.simulation.play import play


def main(first: int, last: int | None = None, *, short: bool = False) -> int:
    """Play them; answers 1 when something did not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if last is None:
        world, failure = play(first, short=short)
        print(failure or "\n".join((*world.told, "", "✓ all held")))
        return int(failure is not None)
    began, failed = time.monotonic(), 0
    for seed in range(first, last + 1):
        _, failure = play(seed, short=short)
        if failure is not None:
            failed += 1
            print(f"{seed}: {failure.what}", flush=True)
        if (seed - first) % 500 == 499:
            print(f"… {seed}", flush=True)
    print(f"{last - first + 1} worlds, {failed} failed, {time.monotonic() - began:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "short"]
    sys.exit(main(*map(int, given[:2]), short="short" in sys.argv))
