"""What the tests of appointments share: years that no other test uses."""

from __future__ import annotations

from itertools import count

import pytest

from tests.support.ox import elements as ox

_years = count(2034)


@pytest.fixture
def quiet_day() -> int:
    """Midnight (UTC, milliseconds) of a day on which, as in the weeks after it, nobody has an appointment.

    It is in January, so that no clock changes in those weeks.
    """
    return ox.ms(f"{next(_years)}-01-05")
