"""What a row has for an enumeration's member."""

from __future__ import annotations

import pytest

from notifier.core.text import Language
from notifier.store.columns import Members


def test_members_are_found_by_value_and_what_is_none_is_refused_as_the_enumeration_does() -> None:
    members = Members(Language)
    assert [members[language.value] for language in Language] == [*Language]
    with pytest.raises(ValueError, match="xx"):
        members["xx"]
    assert set(members.values()) == {*Language}
