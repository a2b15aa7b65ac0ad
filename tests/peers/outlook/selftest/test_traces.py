"""Whatever happens to the self-test, nothing of it is left in Outlook or on the disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from passerelle.model.errors import PasserelleError, Unreachable
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.selftest.habits import language, people
from passerelle.peers.outlook.selftest.parts import Part
from passerelle.peers.outlook.selftest.running import PARTS
from passerelle.peers.outlook.selftest.verdicts import Verdict
from tests.outlook_double.failures import com_error, outlook_error
from tests.peers.outlook.selftest.desk import Desk, Hindered, raising, with_verdict

TRACES = Part("What leaves traces", (language.PART.checks[-1], people.PART.checks[-1]))
"""A category on the list, and an entry in the user's calendar."""
FAILURE = raising(outlook_error(ComCode.FAILED, "No."))


def calls(tmp_path: Path) -> int:
    """How many calls that part takes."""
    machine = Hindered()
    desk = Desk(tmp_path, machine)
    desk.test((TRACES,), own_folders=True).run()
    assert desk.traces() == []
    return machine.number


def run_all(tmp_path: Path, event: Callable[[Hindered], None], after: Callable[[Desk], None]) -> None:
    """Let something happen at each call in turn."""
    for number in range(calls(tmp_path)):
        desk = Desk(tmp_path, Hindered(lambda each, number=number: each == number, event))  # type: ignore[misc] # mypy knows no defaults of lambdas
        with suppress(PasserelleError):  # it could not begin
            desk.test((TRACES,), own_folders=True).run()
        after(desk)
        assert desk.traces() == [], number


def test_a_failure_at_any_call_leaves_nothing(tmp_path: Path) -> None:
    run_all(tmp_path, FAILURE, lambda _: None)


def test_an_outlook_that_ends_at_any_call_has_nothing_left_once_it_was_started_again(tmp_path: Path) -> None:
    def end(machine: Hindered) -> None:
        machine.end()
        raise com_error(ComCode.CALL_FAILED, "The remote procedure call failed.")

    def again(desk: Desk) -> None:
        desk.machine.start()
        assert desk.test((TRACES,)).clear() == ()

    run_all(tmp_path, end, again)


@pytest.mark.parametrize("every", [23, 71])
def test_failures_again_and_again_are_told_and_leave_nothing(tmp_path: Path, every: int) -> None:
    desk = Desk(tmp_path, Hindered(lambda number: number > 100 and number % every == 0, FAILURE))
    report = desk.test(own_folders=True).run()
    assert len(with_verdict(report, Verdict.FAILED)) > 20
    assert (report.left, desk.traces()) == ((), [])


def test_who_breaks_it_off_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def break_off(done: int, _all: int) -> None:
        if done == 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.test().run(break_off)
    assert desk.traces() == []


def test_what_cannot_be_taken_away_is_told_and_the_next_one_takes_it_away(tmp_path: Path) -> None:
    machine = Hindered()
    desk = Desk(tmp_path, machine)
    for _ in range(7):
        machine.fail("NameSpace.RemoveStore", outlook_error(ComCode.FAILED, "In use."))
    report = desk.test((TRACES,)).run()
    assert report.left == ("data files in Outlook",)
    assert len(desk.traces()) == 2
    assert desk.test(PARTS[-1:]).run().left == ()
    assert desk.traces() == []


def test_without_a_running_outlook_nothing_is_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.machine.end()
    with pytest.raises(Unreachable, match="not running"):
        desk.test().run()
    assert not desk.directory.exists()
