"""The double of Outlook behaves in Python as it does through real COM and pywin32, which it imitates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.outlook.conversation import after_the_end, converse
from tests.interop.outlook.wine import TIMEOUT_S, missing, python, windows, windows_path
from tests.outlook_double.machine import Machine


@pytest.fixture
def alone(tmp_path: Path) -> list[str]:
    machine = Machine()
    machine.start()
    outlook = machine.get_active_object("Outlook.Application")
    return [*converse(outlook, tmp_path), *after_the_end(outlook)]


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_conversation_through_com_is_the_one_without_it(alone: list[str], tmp_path: Path) -> None:
    with windows(), python("-m", "tests.interop.outlook.server") as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        with python("-m", "tests.interop.outlook.client", windows_path(tmp_path)) as client:
            heard, _ = client.communicate(timeout=TIMEOUT_S)
    assert heard.splitlines() == alone
