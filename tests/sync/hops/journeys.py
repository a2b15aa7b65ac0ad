"""All journeys, and with them all rows."""

from __future__ import annotations

from tests.sync.hops import appointments, contacts, tasks
from tests.sync.hops.rows import Journey

JOURNEYS: tuple[Journey, ...] = (
    contacts.PERSON,
    contacts.TEAM,
    appointments.SINGLE,
    appointments.DAYS,
    appointments.MEETING,
    appointments.SERIES,
    *appointments.SHOWN_AS,
    tasks.OPEN,
    tasks.DONE,
    tasks.GIVEN,
    tasks.SERIES,
    *tasks.STATUSES,
)
