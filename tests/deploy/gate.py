"""The gate's own programs, which stand outside every package."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.processes.installation import ROOT


def gate_program(name: str) -> ModuleType:
    """A program in `.ci`, loaded."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module
