"""Who takes part: ATTENDEE and ORGANIZER (RFC 5545, sections 3.8.4.1 and 3.8.4.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.wire.contentlines import ContentLine, line, quoted
from passerelle.wire.icalendar.words import Dated

COMMENT = "X-RESPONSE-COMMENT"
"""A participant's message, as Google's and Apple's calendars write it."""

_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "COMPLETED": Answer.ACCEPTED,  # tasks
    "IN-PROCESS": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
}
_PARTSTAT = {
    Answer.NONE: "NEEDS-ACTION",
    Answer.ACCEPTED: "ACCEPTED",
    Answer.DECLINED: "DECLINED",
    Answer.TENTATIVE: "TENTATIVE",
}
_ROLES = {"CHAIR": Role.CHAIR, "OPT-PARTICIPANT": Role.OPTIONAL, "NON-PARTICIPANT": Role.INFORMED}
_ROLE_NAMES = {role: name for name, role in _ROLES.items()} | {Role.REQUIRED: "REQ-PARTICIPANT"}
_DEFAULTS = {"PARTSTAT": "NEEDS-ACTION", "ROLE": "REQ-PARTICIPANT", "CUTYPE": "INDIVIDUAL"}
_GROUPS = frozenset({ParticipantKind.GROUP, ParticipantKind.EXTERNAL_GROUP})


def address(each: ContentLine) -> str:
    """Return the mail address of a calendar user, empty if it has none."""
    value = each.value.strip()
    if value[:7].lower() == "mailto:":
        return value[7:].strip()
    if "@" in value and not re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
        return value
    mail = each.param("EMAIL") or ""  # RFC 7986, section 6.2: beside an address of another kind
    return mail.removeprefix("mailto:")


def read_participants(lines: Sequence[ContentLine]) -> tuple[Participant, ...]:
    """Return the participants; of several lines with one address the first counts."""
    found: dict[str, Participant] = {}
    for each in lines:
        mail = address(each)
        if mail:
            found.setdefault(mail.casefold(), _participant(each, mail))
    return tuple(found.values())


def _participant(each: ContentLine, mail: str) -> Participant:
    group = (each.param("CUTYPE") or "").upper() == "GROUP"
    return Participant(
        kind=ParticipantKind.EXTERNAL_GROUP if group else ParticipantKind.EXTERNAL,
        mail=mail,
        name=each.param("CN") or "",
        answer=_ANSWERS.get((each.param("PARTSTAT") or "").upper(), Answer.NONE),
        message=each.param(COMMENT) or "",
        role=_ROLES.get((each.param("ROLE") or "").upper(), Role.REQUIRED),
    )


def kept_participants(lines: Sequence[ContentLine], item: Dated) -> list[ContentLine]:
    """Return the ATTENDEE lines that say more than the participants do."""
    own = set(write_participants(item, ()))
    times = Counter(address(each).casefold() for each in lines)
    return [each for each in lines if each.text not in own or times[address(each).casefold()] > 1]


def write_participants(item: Dated, kept: Sequence[ContentLine]) -> list[str]:
    """Return the ATTENDEE lines; a kept line gives those of its parameters that the model has no word for."""
    by_mail: dict[str, list[ContentLine]] = {}
    for each in kept:
        by_mail.setdefault(address(each).casefold(), []).append(each)
    written = []
    for participant in item.participants:
        lines = by_mail.get(participant.mail.casefold(), [])
        written.append(_attendee(participant, lines[0] if lines else None))
        written += [each.text for each in lines[1:]]
    return written + [each.text for each in by_mail.get("", [])]


def _attendee(participant: Participant, kept: ContentLine | None) -> str:
    said = _said(participant)
    if kept is None:
        params = {name: value for name, value in said.items() if value}
        return line("ATTENDEE", _uri(participant.mail, participant.id), *params.items())
    if _agrees(participant, _participant(kept, participant.mail)):
        return kept.text
    return _with(kept, said)


def _said(participant: Participant) -> dict[str, str]:
    """Return the parameters that the model has words for; an empty value is not written."""
    cutype = "GROUP" if participant.kind in _GROUPS else ""
    return {
        "CN": participant.name,
        "CUTYPE": "RESOURCE" if participant.kind == ParticipantKind.RESOURCE else cutype,
        "PARTSTAT": _PARTSTAT[participant.answer] if participant.answer != Answer.NONE else "",
        "ROLE": _ROLE_NAMES[participant.role] if participant.role != Role.REQUIRED else "",
        COMMENT: participant.message,
    }


def _agrees(now: Participant, then: Participant) -> bool:
    return (now.name, now.answer, now.message, now.role) == (then.name, then.answer, then.message, then.role)


def _with(kept: ContentLine, said: Mapping[str, str]) -> str:
    """Return a kept line with the parameters that the model says in place of its own."""
    if kept.param("CUTYPE"):  # a room or a resource: the model may call it an external participant
        said = {name: value for name, value in said.items() if name != "CUTYPE"}
    others = [(name, values) for name, values in kept.params if name not in said]
    params = [f";{name}={','.join(map(quoted, values))}" for name, values in others if name]
    params += [f";{name}={quoted(value)}" for name, value in said.items() if value]
    return f"{kept.name}{''.join(params)}:{kept.value}"


def _uri(mail: str, number: int | None) -> str:
    return f"mailto:{mail}" if mail else f"urn:passerelle:participant:{number or 0}"


def read_organizer(lines: Sequence[ContentLine]) -> Organizer | None:
    """Return the organizer, None if the line has no mail address."""
    mail = address(lines[0]) if lines else ""
    return Organizer(mail=mail, name=lines[0].param("CN") or "") if mail else None


def kept_organizer(lines: Sequence[ContentLine], item: Dated) -> list[ContentLine]:
    """Return the ORGANIZER lines if they say more than the organizer does."""
    return [] if [each.text for each in lines] == write_organizer(item, ()) else list(lines)


def write_organizer(item: Dated, kept: Sequence[ContentLine]) -> list[str]:
    """Return the ORGANIZER line; see :func:`write_participants`."""
    organizer, then = item.organizer, read_organizer(kept)
    if organizer is None:
        return [each.text for each in kept] if then is None else []
    name = ("CN", organizer.name)
    if then is None or then.mail.casefold() != organizer.mail.casefold():
        return [line("ORGANIZER", _uri(organizer.mail, organizer.id), *([name] if organizer.name else []))]
    return [kept[0].text if then.name == organizer.name else _with(kept[0], dict([name]))]
