"""Participants and their answers (OX reference, sections 10.1 to 10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from passerelle.model.errors import Invalid, Missing
from passerelle.model.participants import Answer, Participant, ParticipantKind, Role
from passerelle.wire.oxxml.markup import attribute, escape
from passerelle.wire.oxxml.parsing import Element, Properties
from passerelle.wire.oxxml.values import LONG, boolean, integer

_ELEMENTS = {
    ParticipantKind.USER: "user",
    ParticipantKind.GROUP: "group",
    ParticipantKind.RESOURCE: "resource",
    ParticipantKind.EXTERNAL: "user",
    ParticipantKind.EXTERNAL_GROUP: "group",
}
_INTERNAL = {kind.value: kind for kind in (ParticipantKind.USER, ParticipantKind.GROUP, ParticipantKind.RESOURCE)}
_EXTERNAL = {"user": ParticipantKind.EXTERNAL, "group": ParticipantKind.EXTERNAL_GROUP}


def encode(participants: Iterable[Participant]) -> str:
    """The ``participants`` element.

    ``confirm`` only on internal users, ``external`` on all (section 10.2).
    """
    return f"<ox:participants>{''.join([_encode(one) for one in participants])}</ox:participants>"


def answered(participants: Sequence[Participant]) -> str:
    """The ``participants`` element of an answer; nothing where there are none."""
    return encode(participants) if participants else ""


def _encode(one: Participant) -> str:
    name = _ELEMENTS[one.kind]
    if one.kind is ParticipantKind.USER:
        return f'<ox:user ox:confirm="{one.answer.value}" ox:external="false">{one.id}</ox:user>'
    if one.kind.value in _INTERNAL:
        return f'<ox:{name} ox:external="false">{one.id}</ox:{name}>'
    who = f'ox:mail="{attribute(one.mail)}" ox:displayname="{attribute(one.name)}"'
    return f'<ox:{name} ox:external="true" {who}>{one.id or 0}</ox:{name}>'


def is_plain(one: Participant) -> bool:
    """Whether the element says all there is to say of a participant."""
    if one.message or one.role is not Role.REQUIRED:
        return False
    if one.kind is ParticipantKind.USER:
        return not one.name and not one.mail
    if one.answer is not Answer.NONE:
        return False
    return not one.name and not one.mail if one.kind.value in _INTERNAL else one.id is None


def read(
    properties: Properties, current: Iterable[Participant] | None, code: str = "APP-0008"
) -> tuple[Participant, ...]:
    """The participants that a write or an answer lists; they replace the current ones.

    Of the same party that is there already, whatever the interface cannot say is kept: role, message, and an
    answer that was not sent. ``current`` None keeps nothing. ``code`` is that of a missing mail address.

    Raises:
        Invalid: an unknown kind, an id that is not a number, an unknown answer.
        Missing: an external participant without mail address.
    """
    known = {one.identity: one for one in current or ()}
    return tuple([_merged(_read(child, code), child, known) for child in properties.children("participants")])


def _merged(one: Participant, child: Element, known: Mapping[tuple[str, str], Participant]) -> Participant:
    before = known.get(one.identity)
    if before is None:
        return one
    changes: dict[str, object] = {}
    if "confirm" in child.attributes and one.kind is ParticipantKind.USER:
        changes["answer"] = one.answer
    if "displayname" in child.attributes and one.id is None:
        changes["name"] = one.name
    return msgspec.structs.replace(before, **changes)


def _read(child: Element, code: str) -> Participant:
    attributes = child.attributes
    external = boolean(attributes.get("external", ""))
    kind = (_EXTERNAL if external else _INTERNAL).get(child.name)
    if kind is None:
        raise Invalid(f"“{child.name[:40]}” is no kind of participant.", "participants")
    if not external:
        number = integer(child.text, "participants", 0, LONG)
        return Participant(kind=kind, id=number, answer=_answer(attributes, kind))
    mail = attributes.get("mail", "").strip()
    if not mail:
        raise Missing("An external participant needs a mail address.", "participants", code)
    return Participant(kind=kind, mail=mail, name=attributes.get("displayname", ""))


def _answer(attributes: Mapping[str, str], kind: ParticipantKind) -> Answer:
    if kind is not ParticipantKind.USER:
        return Answer.NONE
    return answer(attributes.get("confirm", ""))


def answer(word: str) -> Answer:
    """A confirmation; empty is none.

    Raises:
        Invalid: another word than the interface has.
    """
    try:
        return Answer(word.strip().lower() or "none")
    except ValueError as error:
        message = f"The confirmation “{word[:40]}” is unknown. Use none, accept, decline or tentative."
        raise Invalid(message, "confirm") from error


def confirmation(properties: Properties) -> tuple[Answer, str]:
    """What a block with the method CONFIRM says: the answer and the message with it (section 10.3).

    Raises:
        Missing: there is no ``confirm`` element.
        Invalid: an unknown word in it.
    """
    word = properties.value("confirm")
    if word is None:
        raise Missing("The element “confirm” is missing.", "confirm")
    return answer(word), properties.text("confirm_message") or ""


def confirmation_properties(given: Answer, message: str = "") -> bytes:
    """The elements of a block with the method CONFIRM, on the client's side."""
    text = f"<ox:confirm_message>{escape(message)}</ox:confirm_message>" if message else ""
    return f"<ox:confirm>{given.value}</ox:confirm>{text}".encode()
