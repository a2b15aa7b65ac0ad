"""``MeetingItem``: a mail about a meeting, in the inbox or on its way."""

from __future__ import annotations

from typing import cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ObjectClass
from tests.outlook_double import failures, stored
from tests.outlook_double.com import ReadOnly, method
from tests.outlook_double.item import BaseItem
from tests.outlook_double.recipients import Recipients
from tests.outlook_double.records import Record
from tests.outlook_double.sending import post
from tests.outlook_double.session import Session

CLASSES = {
    "IPM.Schedule.Meeting.Request": ObjectClass.MeetingRequest,
    "IPM.Schedule.Meeting.Canceled": ObjectClass.MeetingCancellation,
    "IPM.Schedule.Meeting.Resp.Pos": ObjectClass.MeetingResponsePositive,
    "IPM.Schedule.Meeting.Resp.Tent": ObjectClass.MeetingResponseTentative,
    "IPM.Schedule.Meeting.Resp.Neg": ObjectClass.MeetingResponseNegative,
}


class MeetingItem(BaseItem):
    """An invitation, a cancellation or an answer; ``source`` is the meeting that it is sent from."""

    def __init__(self, session: Session, record: Record, source: objects.AppointmentItem | None = None) -> None:
        super().__init__(session, record)
        self._source = source

    @ReadOnly
    def Class(self) -> int:
        return CLASSES[self._record.message_class]

    @ReadOnly
    def IsLatestVersion(self) -> bool:
        return True

    @ReadOnly
    def Recipients(self) -> Recipients:
        return Recipients(self._session, self, self._content.recipients)

    @ReadOnly
    def Sent(self) -> bool:
        return self._record.exists

    @ReadOnly
    def Submitted(self) -> bool:
        return False

    ReceivedTime = stored.wall_date("PidTagMessageDeliveryTime")
    SentOn = stored.read_only(stored.wall_date("PidTagClientSubmitTime"))
    SenderName = stored.read_only(stored.text("PidTagSenderName"))
    SenderEmailAddress = stored.read_only(stored.text("PidTagSenderEmailAddress"))
    SenderEmailType = stored.read_only(stored.text("PidTagSenderAddressType"))
    ReminderSet = stored.boolean("PidLidReminderSet")
    ReminderTime = stored.wall_date("PidLidReminderTime")

    @method
    def GetAssociatedAppointment(self, add_to_calendar: bool, /) -> objects.AppointmentItem | None:
        """The appointment in the calendar; none if that is gone."""
        if self._source is not None:
            return self._source
        appointment = self._record.meeting
        if appointment is None or not appointment.exists:
            return None
        return cast("objects.AppointmentItem", self._session.item(appointment))

    @method
    def Send(self) -> None:
        if self._record.exists:
            raise failures.invalid("The item has been sent already.")
        post(self._session, self, self._record)
