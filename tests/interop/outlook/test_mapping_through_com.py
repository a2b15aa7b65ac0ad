"""Items come back from Outlook as they went, through real COM too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.outlook.round_trips import KINDS, round_trips
from tests.interop.outlook.wine import left_out, python, windows, windows_path
from tests.outlook_double.machine import Machine

TIMEOUT_S = 300


def test_items_come_back_from_outlook_as_they_went(tmp_path: Path) -> None:
    machine = Machine()
    machine.start()
    said = list(round_trips(machine.get_active_object("Outlook.Application"), tmp_path))
    assert {line for line in said if not line.startswith("a.txt")} == {f"{kind}: the same" for kind in KINDS}


@pytest.mark.long
@pytest.mark.timeout(TIMEOUT_S + 60)
@pytest.mark.skipif(bool(left_out()), reason=left_out())
def test_items_come_back_through_com_as_they_went(tmp_path: Path) -> None:
    machine = Machine()
    machine.start()
    alone = list(round_trips(machine.get_active_object("Outlook.Application"), tmp_path))
    with windows(), python("-m", "tests.interop.outlook.server") as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        with python("-m", "tests.interop.outlook.mapper", windows_path(tmp_path)) as mapper:
            heard, _ = mapper.communicate(timeout=TIMEOUT_S)
    assert heard.splitlines() == alone
