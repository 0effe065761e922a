"""glibc keeps memory for later; a server that loads its knowledge anew from time to time has better use for it."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8  # malloc.h


def few_arenas() -> None:
    """Call before the first thread. By default eight heaps a core fill up one after the other: 45 MB after two reloads,
    while Python's lock lets only one thread at a time ask for memory anyway. Nothing happens where there is no glibc."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def give_back() -> None:
    """Return what a load needed and left: some 30 MB. Takes milliseconds, without Python's lock."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
