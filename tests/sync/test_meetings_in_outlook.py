"""Meetings and invitations in Outlook: people hear of them once, and one that came by mail is there once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.peers.outlook.constants import ComCode, MeetingResponse
from tests.outlook_double.failures import com_error
from tests.outlook_double.invitations import Invitation, receive_invitation, vcal_uid
from tests.outlook_double.records import Person
from tests.sync.outlook_desk import Desk
from tests.sync.world import ME

BERTA = "berta@example.org"


@pytest.mark.parametrize("is_listening", [True, False], ids=["listening", "not running"])
@pytest.mark.parametrize("send", [True, False], ids=["sent", "saved"])
def test_people_hear_once_of_a_meeting_that_is_made_in_outlook(desk: Desk, *, send: bool, is_listening: bool) -> None:
    desk.both()
    hearing = desk.listen() if is_listening else None
    desk.user.meet(desk.folder_there("Calendar"), BERTA, send=send, Subject="Plans")
    if hearing is not None:
        hearing.finish()
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert [one.mail for one in item.participants] == [BERTA]
    assert len(desk.server.invited_to) + len(desk.machine.sent) == 1
    assert bool(desk.machine.sent) is (send and not is_listening)
    assert desk.show().total == desk.cycle().total == 0


def test_a_copy_of_a_meeting_that_outlook_sent_is_a_meeting_of_its_own(desk: Desk) -> None:
    desk.both()
    entry = desk.user.meet(desk.folder_there("Calendar"), BERTA, send=True, Subject="Plans")
    desk.show()
    desk.cycle()
    (record,) = desk.records_there("Calendar")
    desk.user.paste([record.entry_id], desk.folder_there("Calendar"))
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert entry
    assert desk.server.invited_to == ["Plans"]
    assert len(desk.on_server(desk.calendar)) == 2


def test_a_meeting_that_is_called_off_in_outlook_is_gone_on_the_server(desk: Desk) -> None:
    desk.both()
    desk.user.meet(desk.folder_there("Calendar"), BERTA, send=False, Subject="Plans")
    desk.show()
    desk.cycle()
    hearing = desk.listen()
    desk.user.call_off(desk.entry("Calendar", "Plans"))
    hearing.finish()
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert desk.on_server(desk.calendar) == []
    assert desk.machine.sent == []


@pytest.fixture
def invitee(desk: Desk) -> Desk:
    """The same, whose user has the mail address that Outlook sends and receives with."""
    address = desk.machine.profile.user.smtp
    desk.server.users[ME] = msgspec.structs.replace(desk.server.users[ME], email=address, stamp=desk.server.tick())
    desk.context = msgspec.structs.replace(desk.context, mail=address)
    desk.outlook = desk.attach()
    desk.both()
    return desk


def by_mail(desk: Desk, uid: str) -> str:
    """An invitation by mail, of which Outlook has made a copy, in the calendar that is shown. Its id."""
    bruno = Person("Bruno Berg", "bruno@example.org", smtp="bruno@example.org")
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    _, entry = receive_invitation(
        desk.machine, Invitation("Planning", start, start + timedelta(hours=1), vcal_uid(uid), bruno)
    )
    record = desk.user.record(entry)
    desk.user.drag(entry, desk.folder_there("Calendar"))
    desk.machine.pump()
    return record.entry_id


def invited(uid: str) -> Appointment:
    """The same meeting as the server has it."""
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    return Appointment(
        title="Planning",
        when=Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin"),
        uid=uid,
        organizer=Organizer(mail="bruno@example.org", name="Bruno Berg"),
        participants=(Participant(kind=ParticipantKind.USER, id=ME),),
    )


def answers(desk: Desk) -> list[Answer]:
    """What stands on the server of one's own answers."""
    found = [item for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)]
    return [one.answer for item in found for one in item.participants if one.mail or one.id == ME]


def test_a_copy_of_an_invitation_is_not_taken_before_it_is_answered(invitee: Desk) -> None:
    desk = invitee
    entry = by_mail(desk, "foreign-1")
    assert desk.show().total == 0
    desk.user.respond(entry, MeetingResponse.Accepted)
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.uid, item.organizer and item.organizer.mail) == ("foreign-1", "bruno@example.org")
    assert desk.show().total == desk.cycle().total == 0


@pytest.mark.parametrize("uid", ["foreign-1", "foreign-" + "1" * 300])
def test_a_meeting_that_also_comes_by_mail_is_there_once(invitee: Desk, uid: str) -> None:
    desk = invitee
    by_mail(desk, uid)
    desk.server.create(desk.me, desk.calendar, invited(uid))
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
    (record,) = desk.records_there("Calendar")
    desk.user.respond(record.entry_id, MeetingResponse.Accepted)
    desk.show()
    desk.cycle()
    assert desk.subjects("Calendar") == ["Planning"]
    assert len(desk.on_server(desk.calendar)) == 1
    assert Answer.ACCEPTED in answers(desk)
    assert desk.show().total == desk.cycle().total == 0


def test_a_meeting_that_was_answered_by_mail_before_the_server_tells_of_it_is_there_once(invitee: Desk) -> None:
    desk = invitee
    entry = by_mail(desk, "foreign-1")
    desk.user.respond(entry, MeetingResponse.Accepted)
    desk.server.create(desk.me, desk.calendar, invited("foreign-1"))
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
    assert len(desk.on_server(desk.calendar)) == 1
    assert Answer.ACCEPTED in answers(desk)
    assert desk.show().total == desk.cycle().total == 0


def test_what_outlook_cannot_take_over_leaves_its_own_copy_as_it_was(invitee: Desk) -> None:
    desk = invitee
    by_mail(desk, "foreign-1")
    desk.server.create(desk.me, desk.calendar, invited("foreign-1"))
    desk.cycle()
    desk.machine.fail("AppointmentItem.Save", com_error(ComCode.FAILED, "No."))
    desk.show()
    assert desk.subjects("Calendar") == ["Planning"]
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
