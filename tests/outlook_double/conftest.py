from __future__ import annotations

import pytest

from tests.outlook_double.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
