"""The calendar part of a mail to or from other organisations: iTIP (RFC 5546, section 3) for appointments and tasks."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from passerelle.groupware.letters import Audience, Invitation, Notice, Party
from passerelle.groupware.notices.deltas import What, what
from passerelle.model.items import Appointment, ForeignProperty, TaskStatus
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.wire.contentlines import escape, line
from passerelle.wire.icalendar import Series, write


class Method(StrEnum):
    """What a calendar in a mail asks for (RFC 5546, section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    REPLY = "REPLY"


def method_of(notice: Notice) -> Method | None:
    """The method of a notice; None for a plain one."""
    match notice.audience:
        case Audience.INTERNAL:
            return None
        case Audience.ORGANIZER:
            return Method.REPLY
        case Audience.EXTERNAL:
            is_over = what(notice.before, notice.after) is What.CANCELLED
            return Method.CANCEL if is_over else Method.REQUEST


def calendar_of(notice: Notice, method: Method) -> bytes:
    """The calendar of a notice that has a method."""
    version = notice.after or notice.before
    if version is None:
        return b""
    item = _plain(version.item, notice.organizer)
    match method:
        case Method.REQUEST:
            item = _asking(item)
        case Method.CANCEL:
            item = _called_off(item, notice.recipient)
        case Method.REPLY:
            item = _replying(item, notice)
    asking = (_asking(_plain(one, notice.organizer)) for one in notice.exceptions)
    exceptions = tuple(one for one in asking if isinstance(one, Appointment))
    if isinstance(item, Appointment) and item.recurrence_id is not None:
        series = Series(exceptions=(item,), of=notice.master, modified=notice.at)
    else:
        series = Series(master=item, exceptions=exceptions if method is Method.REQUEST else (), modified=notice.at)
    return write([series], method)


def _plain(item: Invitation, organizer: Party) -> Invitation:
    """The item without what is its owner's own affair, and with people who have addresses."""
    return msgspec.structs.replace(
        item,
        organizer=Organizer(mail=organizer.mail, name=organizer.name),
        participants=tuple(_outside(one) for one in item.participants if one.mail),
        categories=(),
        color_label=0,
        private=False,
        alarm=None,
        foreign=(),
    )


def _outside(participant: Participant) -> Participant:
    """The participant as somebody known by the address alone."""
    if participant.kind in (ParticipantKind.USER, ParticipantKind.GROUP):
        return msgspec.structs.replace(participant, kind=ParticipantKind.EXTERNAL, id=None)
    return msgspec.structs.replace(participant, id=None)


def _asking(item: Invitation) -> Invitation:
    """The item with the wish for an answer from each who has not answered (RFC 5545, ``RSVP``)."""
    asked = tuple(
        _kept("ATTENDEE", line("ATTENDEE", f"mailto:{one.mail}", ("RSVP", "TRUE")))
        for one in item.participants
        if one.answer is Answer.NONE
    )
    return msgspec.structs.replace(item, foreign=asked)


def _called_off(item: Invitation, recipient: Party) -> Invitation:
    """The item as one that does not take place for the recipient; the sequence rises (RFC 5546, section 2.1.4)."""
    only = tuple(one for one in item.participants if one.mail.casefold() == recipient.mail.casefold())
    item = msgspec.structs.replace(item, participants=only, sequence=item.sequence + 1)
    if isinstance(item, Appointment):
        return msgspec.structs.replace(item, cancelled=True)
    # a STATUS would have to be CANCELLED, which our tasks cannot be; the method says it (RFC 5546, section 3.4.5)
    return msgspec.structs.replace(item, status=TaskStatus.NOT_STARTED, percent=0, completed=None)


def _replying(item: Invitation, notice: Notice) -> Invitation:
    """The item with the one who answers, and what was said (RFC 5546, section 3.2.3)."""
    who = notice.answering or notice.actor
    attendee = Participant(kind=ParticipantKind.EXTERNAL, mail=who.mail, name=who.name, answer=notice.answer)
    comment = (_kept("COMMENT", line("COMMENT", escape(notice.message))),) if notice.message else ()
    return msgspec.structs.replace(item, participants=(attendee,), note=None, note_html=None, foreign=comment)


def _kept(name: str, text: str) -> ForeignProperty:
    return ForeignProperty(format="icalendar", name=name, text=text)
