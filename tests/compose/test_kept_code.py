"""Compiled templates are kept for the next process, and never used when they are of something else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.bccache import Bucket

from notifier.compose.kept_code import KeptCode
from notifier.compose.templates import load_templates
from notifier.core.text import Language
from notifier.shipped import shipped

NAME = "email/said.txt.j2"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one template, which another process has compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    shutil.copytree(shipped("templates", "locale"), tmp_path / "locale")
    (tmp_path / "email").mkdir()
    (tmp_path / NAME).write_text("before")
    assert said(tmp_path) == "before"
    return tmp_path


def said(root: Path) -> str:
    return load_templates(root).render(NAME, Language.NN)


def kept(root: Path) -> list[Path]:
    return list((root / "__pycache__").iterdir())


def test_the_next_process_compiles_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Environment, "compile")
    assert said(root) == "before"


def test_a_changed_template_is_compiled_anew(root: Path) -> None:
    (root / NAME).write_text("after")
    assert said(root) == "after"
    assert len(kept(root)) == 1


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"i\x01\x00\x00\x00"])
def test_garbage_is_as_good_as_nothing(root: Path, garbage: bytes) -> None:
    (file,) = kept(root)
    file.write_bytes(garbage)
    assert said(root) == "before"
    assert file.read_bytes() != garbage


def test_what_was_made_with_other_settings_is_not_used(root: Path) -> None:
    environment = Environment()
    for settings, is_used in ((b"these", True), (b"others", False)):
        bucket = Bucket(environment, "key", "checksum")
        bucket.code = compile("1", "a template", "eval")
        KeptCode(root, settings=b"these").dump_bytecode(bucket)
        bucket.reset()
        KeptCode(root, settings=settings).load_bytecode(bucket)
        assert (bucket.code is not None) == is_used


def test_where_nothing_can_be_written_nothing_is_kept(root: Path) -> None:
    shutil.rmtree(root / "__pycache__")
    (root / "__pycache__").write_text("in the way")
    assert said(root) == "before"


def test_nothing_is_kept_where_python_keeps_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    shutil.rmtree(root / "__pycache__")
    assert said(root) == "before"
    assert not (root / "__pycache__").exists()
