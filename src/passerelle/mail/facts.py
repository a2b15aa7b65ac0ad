"""What a mail tells of an appointment or a task, line by line: how it is, and how it was before."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from passerelle.groupware.letters import Invitation, Party, Version
from passerelle.mail.dates import said_moment, said_recurrence, said_span
from passerelle.model.items import Appointment, Priority, Task, TaskStatus
from passerelle.model.participants import Answer, Participant
from passerelle.model.text import Text, plural

LISTED = 20
"""So many participants are named one by one."""

_STATUS = {
    TaskStatus.NOT_STARTED: Text("not started"),
    TaskStatus.IN_PROGRESS: Text("in progress"),
    TaskStatus.DONE: Text("done"),
    TaskStatus.WAITING: Text("waiting for somebody else"),
    TaskStatus.DEFERRED: Text("deferred"),
}
_PRIORITY = {Priority.LOW: Text("low"), Priority.NORMAL: Text("normal"), Priority.HIGH: Text("high")}
_ANSWERS = {
    Answer.NONE: Text("no answer yet"),
    Answer.ACCEPTED: Text("accepted"),
    Answer.DECLINED: Text("declined"),
    Answer.TENTATIVE: Text("accepted tentatively"),
}


class Fact(Struct, frozen=True):
    """A label, what is so now (one entry a line), and what was so before where that differs.

    A ``str`` that is no :class:`Text` is in somebody's own words.
    """

    label: Text
    now: tuple[str, ...]
    before: tuple[str, ...] = ()


def facts(version: Version, before: Version | None, reader: Party, organizer: Party) -> tuple[Fact, ...]:
    """All that is to be told of a version; against an earlier one, with what was different then."""
    earlier = {} if before is None else {fact.label: fact.now for fact in _facts(before, reader, organizer)}
    found = {fact.label: fact for fact in _facts(version, reader, organizer)}
    if before is None:
        return tuple(found.values())
    lost = (Fact(label, (), then) for label, then in earlier.items() if label not in found)
    return (*(_against(fact, earlier.get(fact.label, ())) for fact in found.values()), *lost)


def said_answer(participant: Participant) -> Text:
    """Who answered what, with the message."""
    name, answer = participant.name or participant.mail, _ANSWERS[participant.answer]
    if participant.message:
        return Text("{name}: {answer} – “{message}”", name=name, answer=answer, message=participant.message)
    return Text("{name}: {answer}", name=name, answer=answer)


def _against(fact: Fact, then: tuple[str, ...]) -> Fact:
    return fact if fact.now == then else Fact(fact.label, fact.now, then)


def _facts(version: Version, reader: Party, organizer: Party) -> Iterator[Fact]:
    item = version.item
    if isinstance(item, Appointment):
        yield from _of_appointment(item, reader)
    else:
        yield from _of_task(item, reader)
    if organizer.name or organizer.mail:
        yield Fact(Text("Organiser"), (organizer.name or organizer.mail,))
    yield from _people(item)
    if version.files:
        yield Fact(Text("Attachments"), version.files)
    if item.note:
        yield Fact(Text("Description"), tuple(item.note.splitlines()))


def _of_appointment(item: Appointment, reader: Party) -> Iterator[Fact]:
    yield Fact(Text("Title"), (item.title or "",))
    yield Fact(Text("When"), (said_span(item.when, reader.zone),))
    if item.recurrence is not None:
        yield Fact(Text("Repeats"), (said_recurrence(item.recurrence, reader.zone),))
    if item.location:
        yield Fact(Text("Where"), (item.location,))


def _of_task(item: Task, reader: Party) -> Iterator[Fact]:
    yield Fact(Text("Title"), (item.title or "",))
    if item.start is not None:
        yield Fact(Text("Start"), (said_moment(item.start, reader.zone),))
    if item.due is not None:
        yield Fact(Text("Due"), (said_moment(item.due, reader.zone),))
    if item.recurrence is not None:
        yield Fact(Text("Repeats"), (said_recurrence(item.recurrence, reader.zone),))
    yield Fact(Text("Progress"), (Text("{status}, {percent}%", status=_STATUS[item.status], percent=item.percent),))
    if item.priority is not None:
        yield Fact(Text("Priority"), (_PRIORITY[item.priority],))


def _people(item: Invitation) -> Iterator[Fact]:
    if item.participants:
        named = tuple(said_answer(one) for one in item.participants[:LISTED])
        more = len(item.participants) - LISTED
        rest = (plural("and {count} more", "and {count} more", count=more),) if more > 0 else ()
        yield Fact(Text("Participants"), (*named, *rest))
