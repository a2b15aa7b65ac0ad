"""Optional participants stay optional though the OX interface has no word for them (semantics reference, section 5.2).

They come and go with iCalendar files and with our own connector (docs/decisions/0004).
"""

from __future__ import annotations

import pytest

from tests.server.ox.conftest import ANNA
from tests.support.commands import Server
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import OxUser
from tests.support.ox.elements import Value, Xml

pytestmark = pytest.mark.rule("5.2.roles")

FILE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//tests//EN\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20260101T000000Z\r
DTSTART:20950307T090000Z\r
DTEND:20950307T100000Z\r
RRULE:FREQ=DAILY;COUNT=3\r
SUMMARY:{uid}\r
ATTENDEE;ROLE=REQ-PARTICIPANT:mailto:anna@example.org\r
ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:ben@example.org\r
ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:guest@elsewhere.example\r
END:VEVENT\r
END:VCALENDAR\r
"""
PATTERN: dict[str, Value] = {"recurrence_type": "daily", "interval": 1, "occurrences": 3}


@pytest.fixture
def meeting(server: Server, anna: OxUser, title: str) -> Response:
    """A series of anna's that ben and a guest need not come to."""
    uid = title.replace(" ", "-")
    server.import_text(ANNA, f"{uid}.ics", FILE.format(uid=uid))
    (found,) = [one for one in anna.default("calendar").changes() if one.values.get("title") == uid]
    return found


def roles(server: Server, meeting: Response) -> dict[str, str]:
    """The roles that an export of anna's calendar names for those who need not come."""
    unfolded = server.exported(ANNA, "Calendar").replace("\r\n ", "")
    (event,) = [
        one for one in unfolded.split("BEGIN:VEVENT") if f"UID:{meeting['uid']}" in one and "RECURRENCE-ID" not in one
    ]
    lines = [line for line in event.splitlines() if line.startswith("ATTENDEE") and "OPT-PARTICIPANT" in line]
    return {line.rpartition(":")[2]: line for line in lines}


def test_a_change_that_cannot_say_it_leaves_them_optional(server: Server, anna: OxUser, meeting: Response) -> None:
    calendar = anna.default("calendar")

    calendar.update(meeting, **PATTERN, participants=ox.together(*_everybody(meeting)), note="x", ignore_conflicts=True)

    assert set(roles(server, meeting)) == {"ben@example.org", "guest@elsewhere.example"}


def test_so_does_one_of_theirs_through_the_own_calendar_and_an_answer(
    server: Server, ben: OxUser, meeting: Response
) -> None:
    his = ben.default("calendar")

    ben.write_well("calendar", object_id=meeting.id, method="CONFIRM", confirm="accept")
    his.update(his.load(meeting), **PATTERN, participants=ox.together(*_everybody(meeting)), ignore_conflicts=True)

    found = roles(server, meeting)
    assert set(found) == {"ben@example.org", "guest@elsewhere.example"}
    assert "PARTSTAT=ACCEPTED" in found["ben@example.org"]


def test_they_are_optional_in_a_changed_occurrence_too(server: Server, anna: OxUser, meeting: Response) -> None:
    day = ox.ms("2095-03-08")
    anna.default("calendar").update(meeting, recurrence_date_position=day, title="Other", ignore_conflicts=True)

    exported = server.exported(ANNA, "Calendar").replace("\r\n ", "")

    (changed,) = [
        one for one in exported.split("BEGIN:VEVENT") if f"UID:{meeting['uid']}" in one and "RECURRENCE-ID" in one
    ]
    assert changed.count("OPT-PARTICIPANT") == 2


def test_who_is_put_on_the_list_is_needed(server: Server, anna: OxUser, carl: OxUser, meeting: Response) -> None:
    people = ox.together(*_everybody(meeting), ox.user(carl.id))

    anna.default("calendar").update(meeting, **PATTERN, participants=people, ignore_conflicts=True)

    assert set(roles(server, meeting)) == {"ben@example.org", "guest@elsewhere.example"}
    assert len(anna.default("calendar").load(meeting).entries("participants")) == 4


def _everybody(meeting: Response) -> list[Xml]:
    """The participants as the server listed them."""
    return [
        ox.guest(one["mail"]) if one["external"] == "true" else ox.user(int(one["text"]), one["confirm"])
        for one in meeting.entries("participants")
    ]
