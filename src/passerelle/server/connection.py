"""One connection, as uvicorn keeps it, with what uvicorn does not do for us."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import cast

import h11
import structlog
from uvicorn.protocols.http import h11_impl

log = structlog.get_logger(__name__)

# The reference's own words for a missing login (OX reference, section 2.2); ASGI has no way to say them.
h11_impl.STATUS_PHRASES[HTTPStatus.UNAUTHORIZED] = b"Authorization Required"


class CutOff(Exception):
    """Raised through uvicorn to end a connection in the middle of an answer. Its cause is in the log already."""


class Connection(h11_impl.H11Protocol):
    """Ends a conversation whose request turns out to be broken, whatever the application is at just then."""

    def send_400_response(self, msg: str) -> None:
        """Answer 400 if no answer has begun, else hang up; the application's own answer goes nowhere."""
        cycle = cast("h11_impl.RequestResponseCycle | None", self.cycle)  # None before the first request
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()


class LibraryLog(logging.Handler):
    """Turns what libraries log into entries of ours, one line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record. What uvicorn only warns of is its callers' fault and must not fill the log."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, CutOff):
            return
        words = {"library": record.name, "message": record.getMessage()}
        if record.levelno < logging.ERROR:
            log.info("library_warned", **words)
        else:
            log.error("library_failed", **words, exc_info=error)
