"""Where log entries go. Loaded only by what logs: structlog takes a tenth of a connector command's start."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def log_to_stderr() -> None:
    """Keep standard output for results; PASSERELLE_LOG=debug shows more."""
    level = logging.getLevelNamesMapping().get(os.environ.get("PASSERELLE_LOG", "warning").upper(), logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # asked for with each entry, for standard error may be another one by then
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def log_failure() -> None:
    """Log the exception that is being handled, for those who look for its cause."""
    log_to_stderr()
    structlog.get_logger().debug("the program failed", exc_info=True)
