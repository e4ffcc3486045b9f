"""A chain shows every alteration: of a record, of their order, of their number."""

from __future__ import annotations

import json

from hypothesis import assume, given
from hypothesis import strategies as st

from notifier.core.chain import BEGINNING, chained, first_broken, head_of

VALUES = st.none() | st.booleans() | st.integers() | st.text()
RECORDS = st.lists(
    st.dictionaries(st.text(min_size=1).filter(lambda name: name != "hash"), VALUES, max_size=4), min_size=1
)


@given(RECORDS)
def test_what_was_chained_is_whole_after_a_way_through_json(records: list[dict[str, object]]) -> None:
    chain = json.loads(json.dumps(chained(records)))
    assert first_broken(chain) is None
    assert head_of(chain) == chain[-1]["hash"]


@given(RECORDS, st.data())
def test_an_altered_record_is_found_at_its_place(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    chain = [dict(link) for link in chained(records)]
    place = data.draw(st.integers(0, len(chain) - 1))
    chain[place]["more"] = data.draw(VALUES)
    assume(json.dumps(chain[place]["more"]) != json.dumps(records[place].get("more", ...), default=str))
    assert first_broken(chain) == place


@given(RECORDS.filter(lambda records: len(records) > 1), st.data())
def test_a_record_that_is_taken_away_or_moved_is_found(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    chain = list(chained(records))
    place = data.draw(st.integers(0, len(chain) - 2))
    assert first_broken(chain[:place] + chain[place + 1 :]) == place
    chain[place], chain[place + 1] = chain[place + 1], chain[place]
    assert first_broken(chain) == place


def test_nothing_ends_in_the_beginning() -> None:
    assert (head_of(()), first_broken(())) == (BEGINNING, None)
