"""The walks have servers of their own, in this process: nothing that nobody expected may be in their log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def no_traceback() -> Iterator[None]:
    """Stands for the fixture of that name of the tests beside, whose server is a process."""
    with capture_logs() as entries:
        yield
    assert not [entry for entry in entries if entry["log_level"] in {"error", "critical"}], entries
