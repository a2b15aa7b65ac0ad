"""Events come through real COM as they do without it."""

from __future__ import annotations

import pytest

from tests.interop.outlook.overheard import Ear, overhear
from tests.interop.outlook.wine import TIMEOUT_S, missing, python, windows
from tests.outlook_double.events import Connected
from tests.outlook_double.machine import Machine

HEARD = [
    "new: calendar",
    "changed: calendar",
    "deleted: calendar calendar",
    "folder: folders",
    "mails: 0",
    "meeting: soon calendar calendar",
    "mails: 1",
    "no longer listened to: ",
    "ended: quit",
]


def _pumped(machine: Machine) -> None:
    machine.pump()


def test_what_is_heard_without_com() -> None:
    machine = Machine()
    machine.start()
    ear = Ear(lambda: None)
    assert list(overhear(machine.get_active_object, Connected, lambda: _pumped(machine), ear)) == HEARD


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_what_is_heard_through_com_is_the_same() -> None:
    with windows(), python("-m", "tests.interop.outlook.server") as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "serving\n"
        with python("-m", "tests.interop.outlook.listener") as listener:
            heard, _ = listener.communicate(timeout=TIMEOUT_S)
    assert heard.splitlines() == HEARD
