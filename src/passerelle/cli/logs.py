"""Where log entries go. Loaded only by what logs: structlog takes a tenth of a connector command's start.

Entries hold no personal data: no titles, names, addresses, passwords; a user is a number. What an exception says may
repeat values, so it is left out of tracebacks unless PASSERELLE_LOG=debug asks for everything.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

_JSON: Final = "json"
_MUCH_BYTES: Final = 1024 * 1024


def log_to_stderr() -> None:
    """Keep standard output for results.

    PASSERELLE_LOG=info or debug shows more; PASSERELLE_LOG_FORMAT=json writes a JSON object a line.
    """
    level = logging.getLevelNamesMapping().get(os.environ.get("PASSERELLE_LOG", "warning").upper(), logging.WARNING)
    as_json = os.environ.get("PASSERELLE_LOG_FORMAT", "").lower() == _JSON
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # asked for with each entry, for standard error may be another one by then; a WriteLogger writes a line in one
        # piece, so that no other thread's line begins in its middle
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info if level <= logging.DEBUG else discreet_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
    )


def write_to(path: Path) -> None:
    """Write all that this process says to a file from now on; what an earlier one wrote is kept once, if it is much.

    Raises:
        Misconfigured: the file cannot be written.
    """
    try:
        if path.exists() and path.stat().st_size > _MUCH_BYTES:
            path.replace(path.with_name(f"{path.name}.old"))
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", 1, "utf-8")
    except OSError as error:
        reason = Text("“{path}” cannot be written: {reason}", path=str(path), reason=error.strerror or str(error))
        raise Misconfigured(reason) from error
    sys.stdout = sys.stderr = opened


def log_failure() -> None:
    """Log the exception that is being handled, for those who look for its cause."""
    log_to_stderr()
    structlog.get_logger().debug("the program failed", exc_info=True)


def discreet_exception(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace ``exc_info`` by what was raised where, without what it says: a structlog processor."""
    given = entry.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        entry["exception"] = "\n".join(["Traceback:", *_described(error)])
    return entry


def _described(error: BaseException) -> Iterator[str]:
    """The lines of a traceback, the cause first; of what was said only codes of the system and the database."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _described(before)
        yield "which led to:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}{_code(error)}"


def _code(error: BaseException) -> str:
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or getattr(error, "errno", None)
    return "" if code is None else f" ({code})"
