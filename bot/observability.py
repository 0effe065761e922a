"""Log form: JSON on stderr, one line a message; no text of candidates, no raw ids."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    structlog.processors.format_exc_info,
]
_JSON: list[structlog.typing.Processor] = [
    structlog.processors.EventRenamer("action"),
    structlog.processors.JSONRenderer(ensure_ascii=False),
]

# Until set_up_logging, Python's own rules hold: warnings go to stderr and the rest nowhere. structlog's would print it all to
# stdout, into what a command answers.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)


class _Writer:
    """One line a call to stderr; a full disk behind it must not cost a candidate the answer. `name`: for add_logger_name."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def info(self, line: str) -> None:
        """Write it."""
        with suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = warning = error = critical = info


def set_up_logging(level: int = logging.INFO) -> None:
    """Every line, ours and the libraries', is one JSON object on stderr: time (UTC), level, logger, action, its values.

    Ours go there directly: by way of Python's logging a line would cost twice as much, and a message has one. Called once by
    the process that serves; tests and the command line leave logging alone.
    """
    structlog.configure(
        processors=[*_SHARED, *_JSON],
        logger_factory=_Writer,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_JSON],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for talkative in ("alembic", "procrastinate"):  # a line a plugin, a line a job that found nothing to do
        logging.getLogger(talkative).setLevel(max(level, logging.WARNING))


def get_logger(name: str) -> Any:
    """A logger whose first argument is the action: log.info("message", decision="answer", ms=1.2)."""
    return structlog.stdlib.get_logger(name)
