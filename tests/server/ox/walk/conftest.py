"""The walks have servers of their own, in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.logs import nothing_fails


@pytest.fixture(autouse=True)
def no_traceback() -> Iterator[None]:
    """Stands for the fixture of that name of the tests beside, whose server is a process."""
    with nothing_fails():
        yield
