"""What worlds went through, counted from what they tell: so that nobody takes them for empty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tests.simulation.play import play
from tests.simulation.world import Size

KINDS = {
    "mails taken": r"taken for",
    "crashes": r"dies:",
    "full disks": r"disk is full",
    "4xx": r"the relay, to .*: 4\d\d",
    "5xx": r"the relay, to .*: 5\d\d",
    "hang-ups": r"hangs up at",
    "relay away": r"the relay: no connection",
    "login refused": r"the relay: .*login refused",
    "lost after the dot": r": lost_after_dot",
    "verdicts lost": r": verdict_lost",
    "slow answers": r": slow",
    "leases overtaken": r"its lease runs out",
    "locks lost": r"its lock is lost",
    "dates moved": r"a date becomes|a date is",
    "lists broken": r"cut off|without a new revision|an old file",
    "lists decided on": r"a held reading",
    "answers": r" answers \w",
    "joins": r" joins$",
    "leaves": r" leaves$",
    "suspensions": r"is suspended",
    "pauses": r"operators pause",
    "own leads": r" chooses ",
    "asks": r"somebody asks for",
    "damaged rows": r"subscriber \d+ is damaged",
    "damaged messages": r"message \d+ is damaged",
    "mistakes in mails": r"cannot be composed",
    "sent again": r"operators send \[\d",
}
# What takes days to come about, and is met in longer worlds.
RARE = {"lists decided on"}
_PATTERNS = {name: re.compile(pattern) for name, pattern in KINDS.items()}


def tally(told: Iterable[str]) -> Counter[str]:
    """How often each kind of thing happened in a world, by what it told."""
    return Counter(name for line in told for name, pattern in _PATTERNS.items() if pattern.search(line))


def written(counts: Mapping[str, int]) -> str:
    """The counts in a line."""
    return ", ".join(f"{counts[name]} {name}" for name in KINDS)


def never_met(counts: Mapping[str, int]) -> set[str]:
    """The kinds of things that happened in none of the worlds, but for those that are rare."""
    return KINDS.keys() - RARE - {name for name, times in counts.items() if times}


def play_all(seeds: Iterable[int], size: Size) -> Counter[str]:
    """Play these worlds, in which all must hold; answers what they went through."""
    counts: Counter[str] = Counter()
    for seed in seeds:
        world, failure = play(seed, size=size)
        assert failure is None, str(failure)
        counts.update(tally(world.told))
    return counts
