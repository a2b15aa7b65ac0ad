"""Who takes part in a meeting: Outlook's recipients, known by their addresses, and who sent it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from passerelle.model.items import Appointment
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.peers.outlook.constants import MeetingRecipientType, MeetingStatus, ResponseStatus
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.values import Invitee, Value, Values

RECEIVED: Final = frozenset({MeetingStatus.MeetingReceived, MeetingStatus.MeetingReceivedAndCanceled})
"""What ``MeetingStatus`` says of somebody else's meeting."""
_CANCELLED = frozenset({MeetingStatus.MeetingCanceled, MeetingStatus.MeetingReceivedAndCanceled})
_STATUSES = {
    Answer.NONE: ResponseStatus.None_,
    Answer.ACCEPTED: ResponseStatus.Accepted,
    Answer.DECLINED: ResponseStatus.Declined,
    Answer.TENTATIVE: ResponseStatus.Tentative,
}
_ANSWERS = {int(status): answer for answer, status in _STATUSES.items()}
_ROLES = {MeetingRecipientType.Optional: Role.OPTIONAL}
_OPTIONAL = frozenset({Role.OPTIONAL, Role.INFORMED})
_GROUPS = frozenset({ParticipantKind.GROUP, ParticipantKind.EXTERNAL_GROUP})


def invitees(item: Appointment, context: Context) -> tuple[Invitee, ...]:
    """The recipients that stand for the participants: those with an address, each once, without the organiser."""
    found: dict[str, Invitee] = {}
    organizer = _organizer_mail(item, context)
    for one in item.participants:
        mail, _ = _address(one, context)
        if mail and mail.casefold() != organizer:
            found.setdefault(mail.casefold(), _invitee(one, mail))
    return tuple(found.values())


def _address(party: Participant | Organizer, context: Context) -> tuple[str, str]:
    mail, name = context.people.address(party) if party.id is not None else ("", "")
    return party.mail or mail, party.name or name


def _organizer_mail(item: Appointment, context: Context) -> str:
    mail = context.mail if item.organizer is None else _address(item.organizer, context)[0]
    return mail.casefold()


def _invitee(one: Participant, mail: str) -> Invitee:
    type_ = MeetingRecipientType.Optional if one.role in _OPTIONAL else MeetingRecipientType.Required
    if one.kind is ParticipantKind.RESOURCE:
        type_ = MeetingRecipientType.Resource
    return Invitee(address=mail, name=mail, type=int(type_), status=int(_STATUSES[one.answer]))


def said(name: str, address: str) -> str:
    """A name that Outlook shows; it shows the address where it knows none."""
    return "" if name.casefold() == address.casefold() else name


def participant(one: Invitee, context: Context) -> Participant:
    """The participant that a recipient is: somebody here, else somebody known by the address."""
    known = context.people.find(one.address)
    kind, id_ = (known.kind, known.id) if known else (ParticipantKind.EXTERNAL, None)
    return Participant(
        kind=kind,
        id=id_,
        mail=one.address,
        name=said(one.name, one.address),
        answer=_ANSWERS.get(one.status, Answer.NONE),
        role=_ROLES.get(MeetingRecipientType(one.type), Role.REQUIRED) if one.type in _TYPES else Role.REQUIRED,
    )


_TYPES = frozenset(MeetingRecipientType)


def _decode(values: Values, context: Context) -> Patch:
    status = values.get("MeetingStatus")
    listed = values.get("Recipients")
    found = [one for one in listed if isinstance(one, Invitee)] if isinstance(listed, tuple) else []
    parties = [participant(one, context) for one in found if not _is_organizer(one)]
    if status in RECEIVED:
        parties = [_with_own_answer(one, values, context) for one in parties]
    return {
        "participants": tuple({one.identity: one for one in parties}.values()),
        "organizer": _organizer(values, context),
        "cancelled": status in _CANCELLED,
    }


def _is_organizer(one: Invitee) -> bool:
    """Whether Outlook has put a recipient there itself, because the meeting is his."""
    return one.type == MeetingRecipientType.Organizer or one.status == ResponseStatus.Organized


def _with_own_answer(one: Participant, values: Values, context: Context) -> Participant:
    """The participant with what the item itself says about its owner, which recipients of a received meeting do not."""
    status = values.get("PidLidResponseStatus")
    own = _ANSWERS.get(status) if isinstance(status, int) else None
    is_me = one.mail.casefold() == context.mail.casefold()
    return replace(one, answer=own) if is_me and own is not None else one


def _organizer(values: Values, context: Context) -> Organizer | None:
    status = values.get("MeetingStatus")
    if not status:
        return None
    if status not in RECEIVED:
        return Organizer(id=context.user, mail=context.mail, name=context.name)
    mail, name = (_text(values.get(member)) for member in _SENT_BY)
    known = context.people.find(mail) if mail else None
    return Organizer(id=known.id if known else None, mail=mail, name=name) if mail or name else None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


_SENT_BY = ("PidTagSentRepresentingSmtpAddress", "PidTagSentRepresentingName")


def _encode(item: Appointment, context: Context) -> Values:
    listed = invitees(item, context)
    if not listed:
        return {"MeetingStatus": int(MeetingStatus.NonMeeting), "Recipients": ()}
    if _organizer_mail(item, context) == context.mail.casefold():
        status = MeetingStatus.MeetingCanceled if item.cancelled else MeetingStatus.Meeting
        return {"MeetingStatus": int(status), "Recipients": listed}
    status = MeetingStatus.MeetingReceivedAndCanceled if item.cancelled else MeetingStatus.MeetingReceived
    sender = _address(item.organizer or Organizer(), context)
    own = next((one.status for one in listed if one.address.casefold() == context.mail.casefold()), 0)
    return {
        "MeetingStatus": int(status),
        "Recipients": listed,
        **dict(zip(_SENT_BY, sender, strict=True)),
        "PidLidResponseStatus": own or int(ResponseStatus.NotResponded),
    }


MEETING: tuple[Aspect, ...] = (
    Aspect(
        attributes=("participants", "organizer", "cancelled"),
        members=("MeetingStatus", "Recipients", *_SENT_BY, "PidLidResponseStatus"),
        decode=_decode,
        encode=_encode,
        change="who has no mail address is not shown; messages with answers neither; “for information” is optional",
    ),
)
"""One row: Outlook's meeting status says that there are recipients, who sent it, and whether it is off."""
