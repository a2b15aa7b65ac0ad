"""Mails about meetings that arrive, and what Outlook does with the calendar at once (sections 1 and 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from passerelle.peers.outlook.constants import BusyStatus, DefaultFolder, ItemType, MeetingStatus, ResponseStatus
from tests.outlook_double import dates, saving
from tests.outlook_double.keys import (
    BUSY,
    CLEAN_OBJECT_ID,
    END,
    OBJECT_ID,
    ORGANIZER,
    ORGANIZER_ADDRESS,
    RESPONSE,
    START,
    STATUS,
    SUBJECT,
)
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import Content, Invited, Person, Record
from tests.outlook_double.values import key_of

SENDER = key_of("PidTagSenderName")
SENDER_ADDRESS = key_of("PidTagSenderEmailAddress")
RECEIVED = key_of("PidTagMessageDeliveryTime")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a mail with ``METHOD:REQUEST`` says; instants are aware."""

    subject: str
    start: datetime
    end: datetime
    object_id: bytes
    organizer: Person
    others: list[Person] = field(default_factory=list)


def vcal_uid(uid: str) -> bytes:
    """The global object id that Outlook makes of an iCalendar's UID that is none of its own (section 2)."""
    inner = b"vCal-Uid" + b"\x01\0\0\0" + uid.encode() + b"\0"
    return bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(20) + len(inner).to_bytes(4, "little") + inner


def receive_invitation(machine: Machine, invitation: Invitation) -> tuple[str, str]:
    """Let an invitation arrive: a mail, and a tentative copy in the calendar unless the meeting is there. Their ids."""
    session = machine.session
    with session.quiet():
        appointment = _known(machine, invitation.object_id) or _copy(machine, invitation)
        inbox = machine.profile.stores[0].folders[DefaultFolder.Inbox]
        content = _content(machine, invitation)
        content.values |= {SENDER: invitation.organizer.name, SENDER_ADDRESS: invitation.organizer.smtp}
        content.values[RECEIVED] = machine.now
        mail = Record(ItemType.MailItem, "IPM.Schedule.Meeting.Request", inbox, content, meeting=appointment)
        saving.keep(session, mail, content)
    return mail.entry_id, appointment.entry_id


def _known(machine: Machine, object_id: bytes) -> Record | None:
    """The meeting, if it is in the default calendar under that id: then it does not appear twice (section 2)."""
    calendar = machine.profile.stores[0].folders[DefaultFolder.Calendar]
    same = (each for each in calendar.records.values() if each.content.values.get(CLEAN_OBJECT_ID) == object_id)
    return next(same, None)


def _copy(machine: Machine, invitation: Invitation) -> Record:
    calendar = machine.profile.stores[0].folders[DefaultFolder.Calendar]
    content = _content(machine, invitation)
    content.values |= {
        STATUS: MeetingStatus.MeetingReceived.value,
        RESPONSE: ResponseStatus.NotResponded.value,
        BUSY: BusyStatus.Tentative.value,
    }
    record = Record(ItemType.AppointmentItem, "IPM.Appointment", calendar, content)
    saving.keep(machine.session, record, content)
    return record


def _content(machine: Machine, invitation: Invitation) -> Content:
    zone = dates.windows_id_of(machine.zone)
    content = Content(start_zone=zone, end_zone=zone)
    content.values |= {
        SUBJECT: invitation.subject,
        START: invitation.start,
        END: invitation.end,
        ORGANIZER: invitation.organizer.name,
        ORGANIZER_ADDRESS: invitation.organizer.smtp,
        OBJECT_ID: invitation.object_id,
        CLEAN_OBJECT_ID: invitation.object_id,
    }
    user = machine.profile.user
    organizer = Invited(invitation.organizer.name, invitation.organizer, response=ResponseStatus.Organized)
    content.recipients = [organizer, *(Invited(each.name, each) for each in (user, *invitation.others))]
    return content
