"""What the matcher has learnt from the phrasings of a knowledge, kept between starts: else each start takes 0.7 s more.

Named by all that it hangs on, so there is nothing to bring up to date; of what candidates write nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.matching.classifier import Fit
from bot.observability import get_logger

log = get_logger(__name__)

MOST = 4  # files of 1.5 MB: the live knowledge, a draft or two, the one gone back to


class KeptFits:
    """A folder of fits; what bot.build is handed. Safe for threads and for processes that share the folder."""

    def __init__(self, folder: Path) -> None:
        """folder: made when first needed. Where it can't be written, nothing is kept; a file that is broken is made anew."""
        self._folder = folder

    def __call__(self, name: str, make: Callable[[], Fit]) -> Fit:
        """See bot.matching.classifier.Keep."""
        path = self._folder / f"{name}.npz"
        try:
            with path.open("rb") as file, np.load(file) as data:
                fit = Fit(data["dual"], float(data["trust"]))
            path.touch()  # the one asked for longest ago goes first
            return fit
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("fit_unreadable", reason=f"{type(error).__name__}: {error}")
        fit = make()
        try:
            self._write(path, fit)
        except OSError as error:
            log.warning("fit_not_kept", reason=str(error))
        return fit

    def _write(self, path: Path, fit: Fit) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(file, "wb") as part:
                np.savez(part, dual=fit.dual, trust=fit.trust)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        kept = sorted(self._folder.glob("*.npz"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[MOST:]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
