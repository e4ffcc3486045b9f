"""Play worlds by hand: `python -m tests.simulation SEED` tells one, `… FIRST LAST` plays many in a row.

With `short` or `morning` before the numbers they are of that size.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter

import structlog

from tests.simulation.play import play
from tests.simulation.tally import tally, written
from tests.simulation.world import Size


def main(first: int, last: int | None = None, *, size: Size = Size.LONG) -> int:
    """Play them; answers 1 when something did not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if last is None:
        world, failure = play(first, size=size)
        print(failure or "\n".join((*world.told, "", "✓ all held")))
        return int(failure is not None)
    began, failed, counts = time.monotonic(), 0, Counter[str]()
    for seed in range(first, last + 1):
        world, failure = play(seed, size=size)
        counts.update(tally(world.told))
        if failure is not None:
            failed += 1
            print(f"{seed}: {failure.what}", flush=True)
        if (seed - first) % 500 == 499:
            print(f"… {seed}", flush=True)
    print(f"{last - first + 1} worlds, {failed} failed, {time.monotonic() - began:.0f} s")
    print(written(counts))
    return int(failed > 0)


if __name__ == "__main__":
    sizes = [Size(word) for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.exit(main(*numbers[:2], size=sizes[0] if sizes else Size.LONG))
