"""Items as the iCalendar and vCard files of other software (RFC 5545, RFC 2426), written apart from our own codecs."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime

from passerelle.model.items import Appointment, Contact, DistributionList
from passerelle.model.moments import Timed
from passerelle.model.recurrence import Rule


def calendar_text(appointment: Appointment) -> str:
    """A calendar with one event; a series is told in UTC, which is enough for a measurement."""
    alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{appointment.alarm}M", "DESCRIPTION:", "END:VALARM"]
    return _lines(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Passerelle//benchmarks",
        "BEGIN:VEVENT",
        f"UID:{plain_uid(appointment)}",
        "DTSTAMP:20260601T000000Z",
        *_times(appointment),
        *_property("SUMMARY", appointment.title),
        *_property("LOCATION", appointment.location),
        *_property("DESCRIPTION", appointment.note),
        *_property("CATEGORIES", ",".join(appointment.categories)),
        *([f"RRULE:{_rule(appointment.recurrence.rules[0])}"] if appointment.recurrence else ()),
        *(alarm if appointment.alarm is not None else ()),
        "END:VEVENT",
        "END:VCALENDAR",
    )


def card_text(contact: Contact) -> str:
    """A vCard 3.0; a distribution list becomes a card with its addresses."""
    members = contact.members if isinstance(contact, DistributionList) else ()
    photo = contact.photo
    return _lines(
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:{plain_uid(contact)}",
        f"FN:{_escaped(contact.display_name or '')}",
        f"N:{_escaped(contact.last_name or '')};{_escaped(contact.first_name or '')};;;",
        *_property("ORG", contact.company),
        *_property("TITLE", contact.job_title),
        f"ADR;TYPE=WORK:;;{_escaped(contact.business_street or '')};{contact.business_city or ''};;"
        f"{contact.business_postal_code or ''};{contact.business_country or ''}",
        *_property("TEL;TYPE=WORK", contact.phone_business),
        *_property("TEL;TYPE=CELL", contact.mobile),
        *_property("EMAIL", contact.email1),
        *(f"EMAIL:{member.mail}" for member in members),
        *_property("BDAY", contact.birthday.isoformat() if contact.birthday else None),
        *([f"PHOTO;ENCODING=b;TYPE=PNG:{b64encode(photo.data).decode()}"] if photo else ()),
        "END:VCARD",
    )


def plain_uid(item: Appointment | Contact) -> str:
    """The item's uid without the signs that would keep vdirsyncer from naming a file after it."""
    return (item.uid or "").partition("@")[0]


def _times(appointment: Appointment) -> tuple[str, str]:
    when = appointment.when
    if isinstance(when, Timed):
        return f"DTSTART:{_utc(when.start)}", f"DTEND:{_utc(when.end)}"
    return f"DTSTART;VALUE=DATE:{_day(when.start)}", f"DTEND;VALUE=DATE:{_day(when.end)}"


def _rule(rule: Rule) -> str:
    parts = [f"FREQ={rule.frequency}", f"INTERVAL={rule.interval}"]
    parts += [f"COUNT={rule.count}"] if rule.count else []
    parts += [f"BYDAY={on.n or ''}{on.day.name[:2]}" for on in rule.by_day]
    return ";".join(parts)


def _property(name: str, value: str | None) -> tuple[str, ...]:
    return (f"{name}:{_escaped(value)}",) if value else ()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)
