"""Reads an address book: every card that can be read, and a reason for every one that cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.errors import Unreadable
from passerelle.model.items import Contact, DistributionList, ForeignProperty, Photo
from passerelle.model.patch import apply
from passerelle.model.text import Text
from passerelle.wire.contentlines import ContentLine, Logical, decode, unescape, unfold
from passerelle.wire.facets import Aspect
from passerelle.wire.findings import Problem
from passerelle.wire.vcard import lists, pictures
from passerelle.wire.vcard.cards import Card, read_cards
from passerelle.wire.vcard.entries import ReadResult
from passerelle.wire.vcard.places import PLACES
from passerelle.wire.vcard.words import MARKER, NONE, WORDS

FORMAT = "vcard"
ASPECTS: tuple[Aspect[Contact], ...] = (*WORDS, *PLACES)
NAMES = frozenset(name for aspect in ASPECTS for name in aspect.names)
_QUOTED = 40
NOT_KEPT = frozenset({"VERSION", "PRODID", "UID"})


class _Found(Struct, frozen=True):
    """A card as an item, with its lines by name."""

    card: Card
    item: Contact
    lines: dict[str, list[ContentLine]]


def read(data: bytes) -> ReadResult:
    """Read a vCard file of the versions 2.1, 3.0 and 4.0, also mixed.

    Raises:
        Unreadable: the file holds no vCard.
    """
    outside: list[Logical] = []
    cards = list(read_cards(unfold(data), outside))
    if not cards:
        message = Text("This is not a vCard file: BEGIN:VCARD is missing.")
        raise Unreadable(message, 1)
    whole = [card for card in cards if card.damage is None]
    found = [_read(card) for card in whole]
    contacts = lists.known([each.item for each in found])
    found = [_with_members(each, contacts) if isinstance(each.item, DistributionList) else each for each in found]
    return ReadResult(
        entries=tuple(replace(each.item, foreign=tuple(_foreign(each))) for each in found),
        lines=tuple(each.card.line for each in found),
        problems=tuple(card.damage for card in cards if card.damage is not None),
        notes=(*_left_out(outside), *(note for each in found for note in _notes(each))),
    )


def _left_out(outside: Sequence[Logical]) -> Iterator[Problem]:
    for logical in outside:
        reason = Text("“{text}” stands outside of a card: it is left out.", text=decode(logical.octets)[:_QUOTED])
        yield Problem(logical.number, reason)


def _read(card: Card) -> _Found:
    lines: dict[str, list[ContentLine]] = {}
    for each in card.lines:
        if not _is_filler(each):
            lines.setdefault(each.name, []).append(each)
    values: dict[str, object] = {"uid": _uid(lines.get("UID", ())), "photo": _photo(lines)}
    for aspect in ASPECTS:
        values.update(aspect.read(lines))
    return _Found(card, apply(DistributionList() if lists.is_list(lines) else Contact(), values), lines)


def _is_filler(each: ContentLine) -> bool:
    """Tell whether a line is there only because vCard demands it."""
    return (each.name == "FN" and each.param(MARKER) == NONE) or (each.name == "N" and not each.value.strip("; "))


def _uid(lines: Sequence[ContentLine]) -> str | None:
    return next((text for each in lines if (text := unescape(each.value).strip())), None)


def _photo(lines: dict[str, list[ContentLine]]) -> Photo | None:
    """Return the first picture inside the card; its line is not kept besides."""
    for each in lines.get("PHOTO", ()):
        photo = pictures.read_photo(each)
        if photo is not None:
            lines["PHOTO"].remove(each)
            lines["PHOTO;read"] = [each]
            return photo
    return None


def _with_members(found: _Found, contacts: dict[str, lists.Known]) -> _Found:
    lines = found.lines
    if "MEMBER" in lines:
        lines["MEMBER"] = [lists.resolve(each, contacts) for each in lines["MEMBER"]]
    return _Found(found.card, apply(found.item, {"members": lists.read_members(lines.get("MEMBER", ()))}), lines)


def _foreign(found: _Found) -> Iterator[ForeignProperty]:
    lines, item = found.lines, found.item
    kept = [line for aspect in ASPECTS for line in aspect.kept(lines, item)]
    known = NAMES | NOT_KEPT | {"PHOTO;read"}
    if isinstance(item, DistributionList):
        known |= {"KIND", "MEMBER"}
        kept += lists.kept_members(lines.get("MEMBER", ()), item)
    kept += [line for name, its in lines.items() if name not in known for line in its]
    for line in sorted(kept, key=lambda line: (line.name, line.number)):
        yield ForeignProperty(FORMAT, line.name, line.text)


def _notes(found: _Found) -> Iterator[Problem]:
    yield from found.card.notes
    for each in found.lines.get("PHOTO;read", ()):
        lost = pictures.lost_params(each)
        if lost:
            reason = Text("The picture is kept without its parameters {names}.", names=", ".join(lost))
            yield Problem(each.number, reason)
    for each in found.lines.get("PHOTO", ()):
        if pictures.is_inside(each) and found.item.photo is None:
            yield Problem(each.number, "The picture is damaged: it is kept, but not shown.")
    if isinstance(found.item, DistributionList):
        for each in found.lines.get("MEMBER", ()):
            if lists.member(each) is None:
                reason = Text(
                    "The member {each} has no known mail address: it is kept, but not shown.", each=each.value
                )
                yield Problem(each.number, reason)
