"""The machine-readable list, asked by schemathesis: whatever its description allows, and much that it does not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from notifier.feeds.query import LISTS
from notifier.web.application import create_app
from tests.feeds.lists import history_of
from tests.web.sites import real_list, site


@cache
def operations() -> Sequence[APIOperation]:
    """The description's own operations, over the application in this process."""
    history = history_of([real_list()])
    app = create_app(site(history=lambda: history))
    described = schemathesis.openapi.from_asgi(f"{LISTS}openapi.json", app)
    return [found.ok() for found in described.get_all_operations()]


@pytest.mark.parametrize("path", [f"{LISTS}changes", f"{LISTS}deadlines"])
@pytest.mark.parametrize("mode", GenerationMode)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_every_answer_is_as_the_description_says(
    path: str, mode: GenerationMode, data: st.DataObject
) -> None:
    (operation,) = (each for each in operations() if each.path == path)
    case = data.draw(operation.as_strategy(generation_mode=mode))
    case.call_and_validate()
