"""What a new item of Outlook's says before anything is set, which need not be set then. Pure.

Whoever leaves something out because of this looks afterwards whether Outlook says it, see ``writing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.peers.outlook.constants import BusyStatus, Importance, MailingAddress, MeetingStatus, Sensitivity
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.values import Values
from passerelle.peers.outlook.mapping.zones import windows_zone

_FIXED: Final[Mapping[type[Item], Values]] = {
    Appointment: {"AllDayEvent": False, "MeetingStatus": int(MeetingStatus.NonMeeting), "PidLidAppointmentColor": 0},
    Task: {
        "PercentComplete": 0,
        "Status": 0,
        "Importance": int(Importance.Normal),
        "ReminderSet": False,
        "TotalWork": 0,
        "ActualWork": 0,
    },
}


_ADDRESSES: Final = ("BusinessAddress", "HomeAddress", "OtherAddress")
"""What parts of an address begin with: where there is one, Outlook chooses it for letters."""


def of_new(kind: type[Item], target: Values, context: Context) -> Values:
    """What a new item says by itself, or by what of ``target`` is set anyway.

    Appointments have a reminder or not as the user chose in Outlook's options, so that is not among it.
    """
    said = {"Sensitivity": int(Sensitivity.Normal), **_FIXED.get(kind, {})}
    if kind is Appointment:
        here = windows_zone(context.zone)
        busy = BusyStatus.Free if target.get("AllDayEvent") else BusyStatus.Busy
        return {**said, "StartTimeZone": here, "EndTimeZone": here, "BusyStatus": int(busy)}
    if kind is Contact and not any(value for member, value in target.items() if member.startswith(_ADDRESSES)):
        return {**said, "SelectedMailingAddress": int(MailingAddress.None_)}
    return said
