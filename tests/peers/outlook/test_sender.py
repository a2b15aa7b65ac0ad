"""Of meetings in the folders that are shown, Outlook mails nothing that the server says."""

from __future__ import annotations

from typing import Any

import pytest

from passerelle.peers.outlook.connecting import attach
from passerelle.peers.outlook.constants import DefaultFolder, MeetingResponse, MeetingStatus, ResponseStatus
from passerelle.peers.outlook.hearing import Hearing
from passerelle.peers.outlook.sender import was_told
from tests.outlook_double import invitations
from tests.outlook_double.desk import Desk
from tests.outlook_double.events import Connected
from tests.outlook_double.failures import denied
from tests.outlook_double.habits import Habits
from tests.outlook_double.test_detecting import invitation
from tests.peers.outlook.test_hearing import WORK, Ear, address

BRUNO = "bruno@example.org"
REQUEST = "IPM.Schedule.Meeting.Request"


class Scene(Desk):
    """A calendar that is shown, besides Outlook's own."""

    def __init__(self, habits: Habits | None = None) -> None:
        super().__init__(habits)
        self.work = self.own_store().Folders.Add("Work", DefaultFolder.Calendar)
        self.ear = Ear()
        self.hearing = Hearing(attach(self.machine.get_active_object, lambda _seconds: None), Connected, self.ear)
        self.hearing.listen({WORK: address(self.work)})

    def meet(self, *, send: bool = True, **values: object) -> str:
        return self.user.meet(self.record(self.work), BRUNO, send=send, Subject="Plans", **values)

    def items(self) -> list[Any]:
        return [self.work.Items.Item(number) for number in range(1, self.work.Items.Count + 1)]

    def invited(self) -> str:
        """A meeting of somebody else's that the server has put there."""
        there: Any = self.work.Items.Add()
        there.Subject, there.MeetingStatus = "Planung", MeetingStatus.MeetingReceived
        there.Save()
        return str(there.EntryID)


@pytest.fixture(params=[True, False], ids=["saved before", "saved after"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(Habits(saves_before_sending=request.param))


def test_an_invitation_that_is_sent_stays_here_and_is_a_meeting_in_the_calendar(scene: Scene) -> None:
    scene.meet()
    assert scene.machine.sent == []
    (item,) = scene.items()
    assert (item.Subject, item.MeetingStatus, item.Recipients.Count) == ("Plans", MeetingStatus.Meeting, 2)


def test_the_window_closes_as_if_it_had_been_sent(scene: Scene) -> None:
    scene.meet()
    assert scene.user.windows() == 1
    assert "soon" in scene.ear.heard
    scene.hearing.finish()
    assert scene.user.windows() == 0
    assert scene.machine.session.open_items() == 0


def test_what_is_saved_is_saved(scene: Scene) -> None:
    scene.meet(send=False)
    assert scene.machine.sent == []
    assert len(scene.items()) == 1


def test_a_change_that_is_sent_stays_here(scene: Scene) -> None:
    entry = scene.meet(send=False)
    scene.user.send_again(entry, Location="Room 2")
    scene.hearing.finish()
    assert scene.machine.sent == []
    (item,) = scene.items()
    assert item.Location == "Room 2"
    assert scene.user.windows() == 0


def test_a_meeting_that_is_called_off_goes(scene: Scene) -> None:
    entry = scene.meet(send=False)
    scene.user.call_off(entry)
    scene.hearing.finish()
    assert scene.machine.sent == []
    assert scene.items() == []
    assert scene.user.windows() == 0


def test_an_answer_stays_here_and_stands_in_the_meeting(scene: Scene) -> None:
    scene.user.respond(scene.invited(), MeetingResponse.Accepted)
    scene.hearing.finish()
    assert scene.machine.sent == []
    (item,) = scene.items()
    assert item.ResponseStatus == ResponseStatus.Accepted


def test_an_answer_in_words_is_sent(scene: Scene) -> None:
    scene.user.respond(scene.invited(), MeetingResponse.Tentative, "Perhaps a little later?")
    assert scene.machine.sent == [("IPM.Schedule.Meeting.Resp.Tent", "Planung")]


def test_an_invitation_that_is_passed_on_is_sent(scene: Scene) -> None:
    scene.user.pass_on(scene.invited(), "carla@example.org")
    assert scene.machine.sent == [(REQUEST, "Planung")]


def test_an_own_invitation_that_is_passed_on_is_sent(scene: Scene) -> None:
    scene.user.pass_on(scene.meet(send=False), "carla@example.org")
    assert scene.machine.sent == [(REQUEST, "Plans")]


def test_meetings_in_other_calendars_are_sent(scene: Scene) -> None:
    scene.user.meet(scene.record(scene.calendar), BRUNO, send=True, Subject="Other")
    _, entry = invitations.receive_invitation(scene.machine, invitation("foreign"))
    scene.user.respond(entry, MeetingResponse.Accepted)
    assert scene.machine.sent == [(REQUEST, "Other"), ("IPM.Schedule.Meeting.Resp.Pos", "Planung")]
    assert scene.user.windows() == 0


def test_tasks_are_sent(scene: Scene) -> None:
    task: Any = scene.tasks.Items.Add()
    task.Subject = "Errand"
    task.Assign()
    task.Recipients.Add(BRUNO)
    task.Send()
    assert scene.machine.sent == [("IPM.TaskRequest", "Errand")]


def test_a_meeting_that_cannot_be_saved_is_sent() -> None:
    scene = Scene()
    entry = scene.meet(send=False)
    scene.machine.fail("AppointmentItem.Save", denied())
    scene.user.send_again(entry)
    assert scene.machine.sent == [(REQUEST, "Plans")]


def test_a_busy_outlook_does_not_wait_for_us(scene: Scene) -> None:
    entry = scene.meet(send=False)
    scene.machine.reject_calls(1)
    scene.user.send_again(entry)
    assert scene.machine.sent == [(REQUEST, "Plans")]


def test_when_nobody_listens_outlook_mails_and_its_item_says_so(scene: Scene) -> None:
    scene.hearing.close()
    scene.meet()
    assert scene.machine.sent == [(REQUEST, "Plans")]
    (item,) = scene.items()
    assert was_told(item)


def test_a_meeting_whose_mail_was_held_back_was_not_told(scene: Scene) -> None:
    entry = scene.meet()
    scene.user.edit(entry or scene.items()[0].EntryID, Location="Room 2")
    (item,) = scene.items()
    assert not was_told(item)


def test_what_is_no_meeting_was_told_to_nobody(scene: Scene) -> None:
    item: Any = scene.work.Items.Add()
    item.Save()
    assert not was_told(item)
    contact: Any = scene.contacts.Items.Add()
    contact.Save()
    assert not was_told(contact)
