"""Counter-proposals of participants (RFC 5546, section 3.2.7).

A proposal changes no time: the organiser decides. It is kept where the organiser looks for answers, as the
participant's message in the organiser's language, and the participant counts as undecided unless the answer says more.
"""

from __future__ import annotations

from passerelle.groupware.appointments import home_of
from passerelle.groupware.incoming.letters import Letter, Report
from passerelle.groupware.incoming.replies import MAX_MESSAGE, Place, take_answers, words_of
from passerelle.model.errors import Unreadable
from passerelle.model.folders import FolderType
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment
from passerelle.model.moments import ONE_DAY, Span, Timed, zone_info
from passerelle.model.participants import Answer
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.translations import catalogue
from passerelle.wire import icalendar
from passerelle.wire.icalendar.scheduling import Attendee, Message, Part


def take(tx: Writing, letter: Letter, message: Message) -> Report:
    """Keep the proposal of a COUNTER beside the participant's answer.

    Raises:
        Unreadable: it proposes no time, or several. Besides what :func:`take_answers` raises.
    """
    span = _proposed(letter, message)

    def saying(tx: Writing, place: Place, part: Part, attendee: Attendee) -> tuple[Answer, str]:
        said = attendee.said.answer
        answer = said if said in (Answer.DECLINED, Answer.TENTATIVE) else Answer.TENTATIVE
        return answer, _words(tx, place.record, span, words_of(part, attendee))

    return take_answers(tx, letter, message, saying)


def _proposed(letter: Letter, message: Message) -> Span:
    entries = icalendar.read(letter.calendar, message.zone).entries
    items = [one for entry in entries for one in (entry.master, *entry.exceptions) if isinstance(one, Appointment)]
    if len(items) != 1 or len(message.parts) != 1:
        raise Unreadable("The message proposes no time for an appointment, or more than one.")
    return items[0].when


def _words(tx: Reading, record: ItemRecord, span: Span, comment: str) -> str:
    """What the organiser reads."""
    reader = _organiser(tx, record)
    zone = reader.zone if reader is not None else "UTC"
    proposal = catalogue(reader.locale if reader is not None else "en").say(_proposal(span, zone))
    return f"{proposal}\n{comment}".strip()[:MAX_MESSAGE]


def _proposal(span: Span, zone: str) -> Text:
    if not isinstance(span, Timed):
        return Text("Proposes another time: {start} – {end}.", start=f"{span.start}", end=f"{span.end - ONE_DAY}")
    start, end = (moment.astimezone(zone_info(zone)) for moment in (span.start, span.end))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return Text(
        "Proposes another time: {start} – {end} ({zone}).", start=f"{start:%Y-%m-%d %H:%M}", end=until, zone=zone
    )


def _organiser(tx: Reading, record: ItemRecord) -> User | None:
    item = record.item
    if isinstance(item, Appointment) and item.organizer is not None:
        id_, mail = item.organizer.id, item.organizer.mail
        found = tx.principals.by_mail(mail) if id_ is None else tx.principals.user(UserId(id_))
        if isinstance(found, User):
            return found
    home = home_of(tx, record.id)
    return tx.principals.user(home.owner if home.type is FolderType.PRIVATE else record.created_by)
