"""The entry in the calendar that Outlook makes of a contact's birthday (section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.peers.outlook.constants import BusyStatus, DefaultFolder, ItemType, RecurrenceType
from tests.outlook_double import dates, recurrence, saving
from tests.outlook_double.keys import ALL_DAY, BUSY, END, START, SUBJECT
from tests.outlook_double.records import Content, Record
from tests.outlook_double.session import Session


def enter(session: Session, name: str, day: datetime) -> str:
    """Make a whole day of every year of it, in the default calendar. Its id."""
    machine = session.machine
    folder = machine.profile.stores[0].folders[DefaultFolder.Calendar]
    content = Content(start_zone=dates.windows_id_of(machine.zone), end_zone=dates.windows_id_of(machine.zone))
    content.pattern = recurrence.begin(dates.to_wall(day, machine.zone), 24 * 60)
    content.pattern.type = RecurrenceType.Yearly
    content.pattern.interval = 12 if machine.habits.yearly_interval_in_months else 1
    content.values |= {
        SUBJECT: machine.habits.locale.birthday.format(name=name),
        START: day,
        END: day + timedelta(days=1),
        ALL_DAY: True,
        BUSY: BusyStatus.Free.value,
    }
    record = Record(ItemType.AppointmentItem, "IPM.Appointment", folder, content)
    saving.keep(session, record, content)
    return record.entry_id
