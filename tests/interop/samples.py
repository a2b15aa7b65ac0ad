"""Calendars and cards that tests import into the server or create in KDE."""

from __future__ import annotations

PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""

# One white pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="


def calendar(*components: str) -> str:
    """Puts events and tasks together into an iCalendar that knows the time zone of Paris."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Passerelle//Tests//EN", PARIS, *components]
    return _lines(*lines, "END:VCALENDAR")


def event(uid: str, title: str, *lines: str) -> str:
    """An event from its own lines, such as "DTSTART:20261201T080000Z"."""
    head = (f"UID:{uid}", "DTSTAMP:20261101T000000Z", f"SUMMARY:{title}")
    return "\n".join(("BEGIN:VEVENT", *head, *lines, "END:VEVENT"))


def task(uid: str, title: str, *lines: str) -> str:
    """A task from its own lines."""
    head = (f"UID:{uid}", "DTSTAMP:20261101T000000Z", f"SUMMARY:{title}")
    return "\n".join(("BEGIN:VTODO", *head, *lines, "END:VTODO"))


def card(uid: str, *lines: str) -> str:
    """A vCard from its own lines."""
    return _lines("BEGIN:VCARD", "VERSION:3.0", f"UID:{uid}", *lines, "END:VCARD")


def person(first: str, last: str, *lines: str) -> str:
    """A vCard of somebody with these names."""
    names = (f"N:{last};{first};;;", f"FN:{first} {last}")
    return card(f"{first}-{last}@samples", *names, *lines)


def distribution_list(name: str, members: dict[str, str]) -> str:
    """KDE's own form of a distribution list; members are names by mail address."""
    entries = "".join(f'<contactData name="{who}" email="{mail}"/>' for mail, who in members.items())
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<contactGroup uid="{name}@samples" name="{name}">{entries}</contactGroup>\n'


def _lines(*parts: str) -> str:
    return "\r\n".join("\n".join(parts).split("\n")) + "\r\n"
