"""Compiled templates, kept as Python keeps its own modules: in `__pycache__` beside them, where that can be written.

Compiling them takes a process longer than anything else that it does until it can work.
"""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class KeptCode(BytecodeCache):
    """The code of the templates below a folder: in memory for every language's environment, in which it is the same,
    and in files for the next process. `settings` are what it follows from besides the templates and the compiler.

    A file that cannot be read, or is from another compiler, is as good as none.
    """

    def __init__(self, root: Path, *, settings: bytes) -> None:
        self._code: dict[str, object] = {}
        self._folder = root / "__pycache__"
        compiler = f"{sys.implementation.cache_tag} {jinja2.__version__} "
        self._made_by = sha256(compiler.encode() + settings).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what another language's environment compiled, or another process."""
        if bucket.key not in self._code:
            self._code[bucket.key] = self._kept(bucket)
        bucket.code = self._code[bucket.key]  # type: ignore[assignment]

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next language, and for the next process if that can be."""
        self._code[bucket.key] = bucket.code
        if sys.dont_write_bytecode:
            return
        file = self._file(bucket)
        unfinished = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            unfinished.write_bytes(marshal.dumps((self._made_by, bucket.checksum, bucket.code)))
            unfinished.replace(file)

    def _kept(self, bucket: Bucket) -> object:
        with suppress(OSError, EOFError, ValueError, TypeError):
            # Whoever may write there may write the templates, which are code as well.
            made_by, checksum, code = marshal.loads(self._file(bucket).read_bytes())  # noqa: S302
            if (made_by, checksum) == (self._made_by, bucket.checksum):
                return code
        return None

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.code"
