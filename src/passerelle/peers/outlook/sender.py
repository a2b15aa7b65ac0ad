"""Has exactly one sender tell people of a meeting: the server. What Outlook would mail about it is held back.

Only while somebody listens: an Outlook that was alone has mailed by itself, and its item says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, cast

from msgspec import Struct

from passerelle.peers.outlook import marks
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.constants import InspectorClose, MeetingStatus, ObjectClass
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.mapping import properties
from passerelle.peers.outlook.mapping.people import RECEIVED
from passerelle.peers.outlook.mapping.recipients import read_recipients
from passerelle.peers.outlook.objects import AppointmentItem, Folder, Item, MeetingItem, NameSpace
from passerelle.peers.outlook.patience import Patience, Patient
from passerelle.peers.outlook.tree import Address

_ANSWERS: Final = frozenset(
    {
        ObjectClass.MeetingResponsePositive,
        ObjectClass.MeetingResponseTentative,
        ObjectClass.MeetingResponseNegative,
    }
)
_ABOUT_MEETINGS: Final = _ANSWERS | {ObjectClass.MeetingRequest, ObjectClass.MeetingCancellation}


class Held(Struct, frozen=True):
    """A meeting about which a mail was held back; ``is_off`` says that it was to be called off."""

    address: Address
    is_off: bool


def hold(mail: object, folders: Collection[Address]) -> Held | None:
    """Decide about a mail that is about to leave; None: it may. Outlook waits for that, and tries nothing again.

    It is held if it is about a meeting in one of the folders, and says nothing but what the server will say of it. The
    meeting is saved then, for it may be new; if it cannot be, the mail may leave.
    """
    try:
        return _hold(cast("MeetingItem", Patient(mail, Patience(_never, _not_again))), folders)
    except ComError:
        return None


def _hold(mail: MeetingItem, folders: Collection[Address]) -> Held | None:
    if mail.Class not in _ABOUT_MEETINGS:
        return None
    meeting = mail.GetAssociatedAppointment(False)  # noqa: FBT003 - it is not to enter the calendar by that
    if meeting is None or not _is_servers(mail, meeting):
        return None
    folder = _folder_of(meeting)
    if not any((folder.EntryID, folder.StoreID) == (one.entry, one.store) for one in folders):
        return None
    marks.write_words(meeting.PropertyAccessor, [(marks.HELD, "1")])
    meeting.Save()
    return Held(Address(meeting.EntryID, folder.StoreID), meeting.MeetingStatus == MeetingStatus.MeetingCanceled)


def _is_servers(mail: MeetingItem, meeting: AppointmentItem) -> bool:
    """Whether the server will say the same.

    It does not know of invitations that are passed on to others, of proposals of another time, nor of words beside
    an answer.
    """
    if mail.Class in _ANSWERS:
        return not properties.get(mail, "PidLidAppointmentCounterProposal") and not mail.Body.strip()
    if meeting.MeetingStatus in RECEIVED:
        return False
    invited = {one.address.casefold() for one in read_recipients(meeting)}
    return mail.Class == ObjectClass.MeetingCancellation or invited.issuperset(
        one.address.casefold() for one in read_recipients(mail)
    )


def _folder_of(meeting: AppointmentItem) -> Folder:
    """The folder that a meeting is in; an occurrence is in its series."""
    parent = cast("AppointmentItem | Folder", meeting.Parent)
    while parent.Class == ObjectClass.Appointment:
        parent = cast("AppointmentItem | Folder", parent.Parent)
    return cast("Folder", parent)


def finish(session: NameSpace, held: Held) -> None:
    """Close the window of a meeting as if its mail had left, once Outlook waits no longer.

    Raises:
        Refused: Outlook does not do that; the window stays open.
    """
    with answering():
        item = session.GetItemFromID(held.address.entry, held.address.store)
        if held.is_off:
            item.Close(InspectorClose.Discard)
            item.Delete()
        else:
            item.Close(InspectorClose.Save)


def was_told(item: Item) -> bool:
    """Whether Outlook has invited the participants of a meeting itself."""
    if item.Class != ObjectClass.Appointment or cast("AppointmentItem", item).MeetingStatus != MeetingStatus.Meeting:
        return False
    is_held = marks.HELD in marks.words(item.PropertyAccessor, marks.HELD)
    return not is_held and properties.get(item, "PidLidFInvited") is True


def _never(_seconds: float) -> None:
    """Outlook waits for us."""


def _not_again() -> Iterator[float]:
    yield from ()
