"""An Outlook that is busy, ends, refuses or lost something: nothing is lost, and all goes on afterwards."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Misconfigured, Unreachable
from passerelle.model.items import Appointment
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.outlook.connecting import system_attach
from passerelle.peers.outlook.constants import ComCode
from passerelle.sync.report import Subject
from tests.outlook_double.failures import com_error
from tests.sync.outlook_desk import DATA_FILE, Desk
from tests.sync.world import appointment, weekly


def test_a_dialog_in_outlook_is_waited_for(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.machine.reject_calls(6)
    desk.show()
    assert desk.subjects("Calendar") == ["Jour fixe"]
    assert desk.waited_s > 1


def test_a_dialog_that_stays_open_ends_the_cycle_and_nothing_is_lost(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.machine.reject_calls(1_000_000)
    with pytest.raises(Unreachable, match="busy"):
        desk.show()
    desk.machine.reject_calls(0)
    desk.show()
    assert desk.subjects("Calendar") == ["Jour fixe"]


def test_outlook_that_ends_and_comes_again_is_gone_on_with(desk: Desk) -> None:
    for number in range(3):
        desk.server.create(desk.me, desk.calendar, appointment(f"Number {number}"))
    desk.cycle()
    desk.machine.end_in("AppointmentItem.Save", done=True)
    with pytest.raises(Unreachable, match="not running"):
        desk.show()
    with pytest.raises(Unreachable, match="not running"):
        desk.attach()
    desk.machine.start()
    desk.outlook = desk.attach()
    desk.show()
    assert desk.subjects("Calendar") == ["Number 0", "Number 1", "Number 2"]
    assert desk.show().total == 0


def test_an_item_that_outlook_takes_only_in_part_is_there_as_it_was(desk: Desk) -> None:
    stored = desk.server.create(desk.me, desk.calendar, weekly())
    desk.both()
    assert isinstance(stored.item, Appointment)
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=5),))
    desk.show()
    desk.edit_there(stored.id, recurrence=daily, title="Daily")
    desk.cycle()
    desk.machine.fail("PropertyAccessor.SetProperty", com_error(ComCode.FAILED, "No."))
    result = desk.show()
    assert [one.subject for one in result.reports] == [Subject.SKIPPED]
    desk.cycle()
    assert desk.subjects("Calendar") == ["Weekly"]
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.title, item.recurrence) == ("Daily", daily)


def test_what_outlook_has_half_saved_and_does_not_give_back_is_no_edit_of_anybodys(desk: Desk) -> None:
    stored = desk.server.create(desk.me, desk.calendar, weekly())
    desk.both()
    desk.show()
    assert isinstance(stored.item, Appointment)
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=5),))
    desk.edit_there(stored.id, recurrence=daily, title="Daily")
    desk.cycle()
    for _ in range(2):
        desk.machine.fail("PropertyAccessor.SetProperty", com_error(ComCode.FAILED, "No."))
    with pytest.raises(Unreachable):
        desk.show()
    desk.cycle()
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.title, item.recurrence) == ("Daily", daily)
    assert desk.subjects("Calendar") == ["Daily"]
    assert desk.show().total == desk.cycle().total == 0


def test_a_data_file_that_was_taken_out_is_told(desk: Desk) -> None:
    session = desk.machine.session.namespace
    root = next(
        session.Stores.Item(number).GetRootFolder()
        for number in range(1, session.Stores.Count + 1)
        if session.Stores.Item(number).FilePath == DATA_FILE
    )
    session.RemoveStore(root)
    desk.outlook = desk.attach()
    with pytest.raises(Misconfigured, match="not open"):
        desk.show()


def test_one_damaged_item_hinders_no_other(desk: Desk) -> None:
    desk.both()
    made = [desk.user.create(desk.folder_there("Calendar"), Subject=f"Number {number}") for number in range(3)]
    desk.user.record(made[1]).poisoned = True
    desk.show()
    desk.cycle()
    assert {item.title for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)} == {
        "Number 0",
        "Number 2",
    }


def test_there_is_no_outlook_but_on_windows() -> None:
    with pytest.raises(Misconfigured, match="Windows"):
        system_attach()
