"""Memory: looking for garbage only where there may be some, and giving back to the system what is free."""

from __future__ import annotations

import ctypes
import gc


def settle_in() -> None:
    """Look through what there is for garbage a last time: all that starting has made stays for as long as the process.

    Else Python looks through it again and again while mail leaves, which takes a twentieth of all the work.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Give back what starting took for a moment: reading catalogs, compiling templates, rehearsing mails.

    glibc keeps what was freed below anything still in use, some 4 MB here, until it is asked. Other C libraries, which
    have no such function, are left to themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
