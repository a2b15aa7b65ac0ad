"""What makes an appointment a meeting: its organiser and participants, what is sent and answered (section 4)."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import (
    BusyStatus,
    DefaultFolder,
    ItemType,
    MeetingRecipientType,
    MeetingResponse,
    MeetingStatus,
    ResponseStatus,
)
from tests.outlook_double import failures, saving
from tests.outlook_double.com import Writable
from tests.outlook_double.item import BODY, BaseItem
from tests.outlook_double.keys import (
    ATTENDEES,
    BUSY,
    CLEAN_OBJECT_ID,
    OBJECT_ID,
    ORGANIZER,
    REPLIED,
    RESPONSE,
    STATUS,
)
from tests.outlook_double.meetingitem import MeetingItem
from tests.outlook_double.recipients import resolve_all
from tests.outlook_double.records import Content, Invited, Record
from tests.outlook_double.sending import post
from tests.outlook_double.session import Session

ANSWERS = {
    MeetingResponse.Accepted: (ResponseStatus.Accepted, BusyStatus.Busy, "Pos"),
    MeetingResponse.Tentative: (ResponseStatus.Tentative, BusyStatus.Tentative, "Tent"),
    MeetingResponse.Declined: (ResponseStatus.Declined, BusyStatus.Free, "Neg"),
}
_HEADER = bytes.fromhex("040000008200E00074C5B7101A82E008")


def attendees(kind: MeetingRecipientType) -> Writable[str]:
    """The names of the participants of a kind, with semicolons in every language."""

    def write(obj: BaseItem, value: str) -> None:
        others = [each for each in obj._content.recipients if each.type != kind]
        named = [Invited(name.strip(), type=kind) for name in value.split(";") if name.strip()]
        obj._content.recipients[:] = others + named
        obj._touch()

    return Writable(lambda obj: names_of(obj._content, kind), write)


def names_of(content: Content, kind: int) -> str:
    """Who takes part in that role."""
    return "; ".join(each.name for each in content.recipients if each.type == kind)


def settle(session: Session, content: Content) -> None:
    """Give an appointment the ids of meetings, and a meeting of one's own its organiser among the recipients."""
    if OBJECT_ID not in content.values:
        number = session.machine.profile.new_id().encode()
        made = _HEADER + bytes(12) + len(number).to_bytes(4, "little") + number
        content.values[OBJECT_ID] = made
        content.values.setdefault(CLEAN_OBJECT_ID, made)
    for kind, key in ATTENDEES.items():
        content.values[key] = names_of(content, kind)
    if content.values.get(STATUS) != MeetingStatus.Meeting:
        return
    content.values[RESPONSE] = ResponseStatus.Organized.value
    user = session.machine.profile.user
    if session.machine.habits.organizer_is_recipient and all(each.person is not user for each in content.recipients):
        content.recipients.insert(0, Invited(user.name, user, response=ResponseStatus.Organized))


def send(session: Session, item: objects.AppointmentItem, record: Record, content: Content) -> bool:
    """Send a meeting, or its cancellation, to the participants, unless a listener minds. Whether it went."""
    invited = [each for each in content.recipients if each.response != ResponseStatus.Organized]
    if not invited or not resolve_all(session, invited):
        raise failures.invalid("Outlook does not recognize one or more names.")
    cancelled = content.values.get(STATUS) == MeetingStatus.MeetingCanceled
    message_class = "IPM.Schedule.Meeting.Canceled" if cancelled else "IPM.Schedule.Meeting.Request"
    outbox = session.machine.profile.stores[0].folders[DefaultFolder.Outbox]
    letter = content.copy()
    letter.recipients = [each for each in letter.recipients if each.response != ResponseStatus.Organized]
    mail = Record(ItemType.MailItem, message_class, outbox, letter, meeting=record)
    return post(session, MeetingItem(session, mail, item), mail)


def respond(session: Session, record: Record, response: int) -> objects.MeetingItem | None:
    """Answer: the appointment gives way to a new one, or goes; who called gets the answer, and sends it or not."""
    status, busy, answer = ANSWERS[MeetingResponse(response)]
    if record.content.values.get(STATUS) != MeetingStatus.MeetingReceived:
        raise failures.invalid("This is not a meeting that somebody invited you to.")
    content = record.content.copy()
    content.values |= {RESPONSE: status.value, BUSY: busy.value, REPLIED: session.machine.now}
    folder = record.folder
    saving.check_writable(folder)
    saving.discard(session, record)
    replacement = Record(ItemType.AppointmentItem, record.message_class, folder, content)
    if status != ResponseStatus.Declined:
        saving.keep(session, replacement, content)
    return _answer(session, replacement, f"IPM.Schedule.Meeting.Resp.{answer}")


def pass_on(session: Session, record: Record, address: str) -> objects.MeetingItem:
    """The mail with which an invitation is forwarded."""
    outbox = session.machine.profile.stores[0].folders[DefaultFolder.Outbox]
    content = record.content.copy()
    content.recipients = [Invited(address, session.machine.profile.find_person(address))]
    return MeetingItem(
        session, Record(ItemType.MailItem, "IPM.Schedule.Meeting.Request", outbox, content, meeting=record)
    )


def _answer(session: Session, appointment: Record, message_class: str) -> objects.MeetingItem:
    outbox = session.machine.profile.stores[0].folders[DefaultFolder.Outbox]
    content = appointment.content.copy()
    organizer = str(content.values.get(ORGANIZER, ""))
    content.recipients = [Invited(organizer, session.machine.profile.find_person(organizer))]
    content.values.pop(BODY, None)
    mail = Record(ItemType.MailItem, message_class, outbox, content, meeting=appointment)
    return MeetingItem(session, mail)
