"""The keys that sign links: made once, whole, and for their owner alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from notifier.settings.keys import signing_keys

OLD, NEW = "o" * 40, "n" * 40


def test_those_who_start_together_agree_on_the_key_that_is_made(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as processes:
        found = set(processes.map(signing_keys, [tmp_path / "var"] * 32))
    ((key,),) = found
    assert len(key) >= 40
    (file,) = (tmp_path / "var").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", ["", "half of a k"])
def test_what_a_process_left_that_died_over_it_is_no_key(tmp_path: Path, left: str) -> None:
    draft = tmp_path / ".signing.keys.new"
    draft.touch(mode=0o600)
    draft.write_text(left, encoding="ascii")
    (key,) = signing_keys(tmp_path)
    assert len(key) >= 40
    assert signing_keys(tmp_path) == (key,)
    assert not draft.exists()


def test_several_keys_stand_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "signing.keys"
    file.write_text(f"{OLD}\n{NEW}\n", encoding="ascii")
    file.chmod(0o600)
    assert signing_keys(tmp_path) == (OLD, NEW)
