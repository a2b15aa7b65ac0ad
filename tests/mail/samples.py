"""Mails as the programs of other people write them: their headers, parts and encodings, and our values in them."""

from __future__ import annotations

import base64
import quopri
from datetime import datetime
from typing import Final

import msgspec

PARTSTATS: Final = {"accept": "ACCEPTED", "decline": "DECLINED", "tentative": "TENTATIVE"}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody answers. Texts are iCalendar's."""

    uid: str
    mail: str
    organizer: str = "anna@example.org"
    name: str = "Carol Čapek"
    answer: str = "accept"
    start: str = "DTSTART:20270104T090000Z"
    stamp: str = "20240102T080000Z"
    sequence: int = 0
    recurrence_id: str = ""
    comment: str = ""

    @property
    def partstat(self) -> str:
        return PARTSTATS[self.answer]


def calendar(*lines: str, method: str = "REPLY", ends: str = "\r\n") -> str:
    """An iCalendar object; empty lines are left out."""
    head = ("BEGIN:VCALENDAR", f"METHOD:{method}", "PRODID:-//sample//EN", "VERSION:2.0")
    return ends.join((*head, *filter(None, lines), "END:VCALENDAR", ""))


def event(reply: Reply, *more: str, attendee: str = "") -> tuple[str, ...]:
    """The VEVENT of an answer."""
    attendee = attendee or f'ATTENDEE;PARTSTAT={reply.partstat};CN="{reply.name}":mailto:{reply.mail}'
    lines = (
        "BEGIN:VEVENT", f"UID:{reply.uid}", f"DTSTAMP:{reply.stamp}", reply.start, reply.recurrence_id,
        f"SEQUENCE:{reply.sequence}", f"ORGANIZER:mailto:{reply.organizer}", attendee,
        f"COMMENT:{reply.comment}" if reply.comment else "", *more, "END:VEVENT",
    )  # fmt: skip
    return tuple(line for line in lines if line)


def plain(reply: Reply) -> bytes:
    """The least that is one: a mail that is nothing but the answer."""
    return mail(reply.mail, calendar(*event(reply)), to=reply.organizer)


def mail(sender: str, text: str, *, to: str = "anna@example.org", head: str = "", method: str = "REPLY") -> bytes:
    """A mail of one part; ``head`` are header lines to put on top."""
    lines = (
        f"From: {sender}", f"To: {to}", "Subject: Re: Meeting", "Message-ID: <1@sample>", "MIME-Version: 1.0",
        f'Content-Type: text/calendar; charset="utf-8"; method={method}', "Content-Transfer-Encoding: 8bit", "", text,
    )  # fmt: skip
    return (head + "\r\n".join(lines)).encode()


def outlook(reply: Reply) -> bytes:
    """Outlook with Exchange: alternatives in base64, zones of Windows, the comment in the description too."""
    text = calendar(
        "BEGIN:VTIMEZONE", "TZID:Romance Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "END:DAYLIGHT", "END:VTIMEZONE",
        "BEGIN:VEVENT", f'ATTENDEE;PARTSTAT={reply.partstat};CN="{reply.name}":mailto:{reply.mail}',
        f"COMMENT;LANGUAGE=en-US:{reply.comment}\\n" if reply.comment else "", f"UID:{reply.uid}",
        "SUMMARY;LANGUAGE=en-US:Accepted: Meeting", reply.start, reply.recurrence_id, "CLASS:PUBLIC", "PRIORITY:5",
        f"DTSTAMP:{reply.stamp}", "TRANSP:OPAQUE", "STATUS:CONFIRMED", f"SEQUENCE:{reply.sequence}",
        "X-MICROSOFT-CDO-APPT-SEQUENCE:0", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "END:VEVENT",
    )  # fmt: skip
    lines = (
        f'From: "{_encoded(reply.name)}" <{reply.mail}>', f"To: Anna <{reply.organizer}>", "Subject: Accepted: Meeting",
        "Thread-Topic: Meeting", "Date: Tue, 1 Dec 2026 08:00:00 +0000", "Content-Language: en-US",
        "Content-Type: multipart/alternative;", '\tboundary="_000_AB12CD_"', "MIME-Version: 1.0", "",
        "--_000_AB12CD_", 'Content-Type: text/plain; charset="us-ascii"', "Content-Transfer-Encoding: quoted-printable",
        "", "", "", "--_000_AB12CD_", 'Content-Type: text/html; charset="us-ascii"', "", "<html></html>", "",
        "--_000_AB12CD_", 'Content-Type: text/calendar; charset="utf-8"; method=REPLY',
        "Content-Transfer-Encoding: base64", "", base64.encodebytes(text.encode()).decode(), "--_000_AB12CD_--", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def gmail(reply: Reply) -> bytes:
    """Google: a comment beside the attendee, the calendar twice, once as an attachment."""
    comment = f';X-RESPONSE-COMMENT="{reply.comment}"' if reply.comment else ""
    text = calendar(
        "CALSCALE:GREGORIAN",
        *event(
            msgspec.structs.replace(reply, comment=""), "DTEND:20270104T100000Z", "CREATED:20261120T080000Z",
            "LAST-MODIFIED:20261201T080000Z", "STATUS:CONFIRMED", "SUMMARY:Meeting", "TRANSP:OPAQUE",
            attendee=f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={reply.partstat};CN={reply.name};"
            f"X-NUM-GUESTS=0{comment}:mailto:{reply.mail}",
        ),
    )  # fmt: skip
    encoded = base64.encodebytes(text.encode()).decode()
    lines = (
        "MIME-Version: 1.0", f"Reply-To: {reply.mail}", "Sender: Google Calendar <calendar-notification@google.com>",
        f"From: {_encoded(reply.name)} <{reply.mail}>", f"To: {reply.organizer}", "Subject: Accepted: Meeting",
        'Content-Type: multipart/mixed; boundary="000000000000aa"', "", "--000000000000aa",
        'Content-Type: multipart/alternative; boundary="000000000000bb"', "", "--000000000000bb",
        'Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes', "", "Carol has accepted.", "",
        "--000000000000bb", 'Content-Type: text/calendar; charset="UTF-8"; method=REPLY',
        "Content-Transfer-Encoding: 7bit", "", text, "--000000000000bb--", "--000000000000aa",
        'Content-Type: application/ics; name="invite.ics"', 'Content-Disposition: attachment; filename="invite.ics"',
        "Content-Transfer-Encoding: base64", "", encoded, "--000000000000aa--", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def apple(reply: Reply) -> bytes:
    """Apple's Calendar: quoted-printable, lower-case addresses with an EMAIL parameter, folded lines."""
    text = calendar(
        *event(
            reply,
            attendee=f"ATTENDEE;CN={reply.name};CUTYPE=INDIVIDUAL;EMAIL={reply.mail};PARTSTAT={reply.partstat}:\r\n"
            f" mailto:{reply.mail.lower()}",
        )
    )
    encoded = quopri.encodestring(text.replace("\r\n", "\n").encode()).decode().replace("\n", "\r\n")
    lines = (
        f"From: {_encoded(reply.name)} <{reply.mail}>", f"To: {reply.organizer}", "Subject: Accepted: Meeting",
        "Mime-Version: 1.0", "Content-Type: multipart/mixed; boundary=Apple-Mail-1", "", "--Apple-Mail-1",
        "Content-Type: text/plain; charset=us-ascii", "", "Carol accepted.", "--Apple-Mail-1",
        "Content-Type: text/calendar;", "\tcharset=utf-8;", "\tmethod=REPLY;", "\tname=iCal-20261201-080000.ics",
        "Content-Disposition: attachment;", "\tfilename=iCal-20261201-080000.ics",
        "Content-Transfer-Encoding: quoted-printable", "", encoded, "--Apple-Mail-1--", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def thunderbird(reply: Reply) -> bytes:
    """Thunderbird: alternatives, and the text in Latin-2."""
    text = calendar(*event(reply, "SUMMARY:Meeting"))
    lines = (
        f"From: {_encoded(reply.name)} <{reply.mail}>", f"To: {reply.organizer}", "Subject: Re: Meeting",
        "User-Agent: Mozilla Thunderbird", "MIME-Version: 1.0", "Content-Type: multipart/alternative;",
        ' boundary="------------000100"', "", "--------------000100", "Content-Type: text/plain; charset=UTF-8", "",
        "Carol has accepted your event invitation.", "--------------000100",
        "Content-Type: text/calendar; charset=iso-8859-2; method=REPLY", "Content-Transfer-Encoding: 8bit", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n" + text.encode("iso-8859-2") + b"\r\n--------------000100--\r\n"


def attached(reply: Reply) -> bytes:
    """A program that attaches a file and says nothing of calendars."""
    text = calendar(*event(reply), ends="\n").encode("utf-16")
    lines = (
        f"From: {reply.mail}", f"To: {reply.organizer}", "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: application/octet-stream",
        'Content-Disposition: attachment; filename="REPLY.ICS"', "Content-Transfer-Encoding: base64", "",
        base64.encodebytes(text).decode(), "--x--", "",
    )  # fmt: skip
    return "\n".join(lines).encode()


ALL: Final = (plain, outlook, gmail, apple, thunderbird, attached)


def invitation(*lines: str, sender: str = "otto@outside.test", to: str = "anna@example.org", **fields: str) -> bytes:
    """An invitation by somebody outside, or with another ``method`` what follows it."""
    method = fields.get("method", "REQUEST")
    return mail(sender, calendar(*lines, method=method), to=to, method=method, head=fields.get("head", ""))


def utc(moment: datetime) -> str:
    """An instant as iCalendar writes it."""
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _encoded(name: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(name.encode()).decode()}?="
