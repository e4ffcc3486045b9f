"""Safety where more waits than one claim takes, so that some is taken ahead of what is on the wire."""

from __future__ import annotations

import pytest

from notifier.store import outbox
from tests.simulation.mornings import prepare
from tests.simulation.tally import play_all
from tests.simulation.world import Size

SEEDS = range(3_000, 3_060)


@pytest.mark.timeout(300)
def test_what_was_taken_ahead_is_accounted_for_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()  # before the limit is another: other tests' worlds begin on the same mornings
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 2)
    counts = play_all(SEEDS, Size.MORNING)
    assert counts["mails taken"] > 0
