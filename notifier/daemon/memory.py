"""Giving memory back to the system."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Give back what starting took for a moment: reading catalogs, compiling templates, rehearsing mails.

    glibc keeps what was freed below anything still in use, some 4 MB here, until it is asked. Other C libraries, which
    have no such function, are left to themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
