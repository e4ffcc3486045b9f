"""Reading the list from a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notifier.errors import ListRefusedError
from notifier.sources.file import FileSource
from notifier.sources.source import MOST_BYTES, Source


def refusal(path: Path) -> str:
    with pytest.raises(ListRefusedError) as refused:
        FileSource(path).read()
    (sentence,) = refused.value.problems
    assert str(path) in sentence
    return sentence


def test_a_file_is_read_whole_and_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes(b"revision = 1\r\n")
    source: Source = FileSource(path)
    assert source.read() == b"revision = 1\r\n"
    assert source.name == str(path)


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    assert "missing; put it there, or name another file (list.path" in refusal(tmp_path / "list.toml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "not a file" in refusal(tmp_path)


def test_a_named_pipe_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in refusal(tmp_path / "pipe")


def test_an_endless_device_is_refused_at_once() -> None:
    assert "not a file" in refusal(Path("/dev/zero"))


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "cannot be read" in refusal(tmp_path / "a")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes(b"revision = 1")
    path.chmod(0)
    assert "check the file's permissions" in refusal(path)


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert len(FileSource(path).read()) == MOST_BYTES
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    assert "larger than 1,000,000 bytes" in refusal(path)
