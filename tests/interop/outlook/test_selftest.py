"""The self-test asks through real COM, too, and cleans up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.outlook.findings import findings
from tests.interop.outlook.wine import left_out, python, windows, windows_path
from tests.outlook_double.events import ears
from tests.outlook_double.machine import Machine

TIMEOUT_S = 600
SETTINGS = {"years-in-months", "patterns-own-values", "wrong-kinds", "default-folder-name"}
"""About settings that are refused: late binding without type information says of these that they cannot be set."""
EARLY = {"events-pumped"}
"""While a call of ours waits for its answer, COM delivers what else there is; the double, called directly, does not."""


@pytest.mark.long
@pytest.mark.timeout(TIMEOUT_S + 60)
@pytest.mark.skipif(bool(left_out()), reason=left_out())
def test_the_self_test_finds_the_same_through_com(tmp_path: Path) -> None:
    machine = Machine()
    machine.start()
    alone = said(list(findings(machine.get_active_object, ears(machine), tmp_path)))
    with windows(), python("-m", "tests.interop.outlook.server") as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        with python("-m", "tests.interop.outlook.selftester", windows_path(tmp_path)) as tester:
            heard, _ = tester.communicate(timeout=TIMEOUT_S)
    assert said(heard.splitlines()) == alone
    assert not (tmp_path / "selftest").exists()


def said(lines: list[str]) -> list[str]:
    """What was found, without what must be another thing here."""
    assert lines[-1] == "left: ()"
    return [line for line in lines if line.split(":")[0] not in SETTINGS | EARLY]
