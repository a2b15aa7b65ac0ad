"""Looks at what the product logs while a test runs in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.testing import capture_logs


@contextmanager
def nothing_fails() -> Iterator[None]:
    """Whatever is done to the product meanwhile, nothing that nobody expected may happen inside."""
    with capture_logs() as entries:
        yield
    assert not [entry for entry in entries if entry["log_level"] in {"error", "critical"}], entries
