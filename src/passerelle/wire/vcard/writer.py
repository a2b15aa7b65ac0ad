"""Writes contacts and distribution lists as vCards of version 3.0 (RFC 2426) or 4.0 (RFC 6350)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from passerelle.model.errors import Unreadable
from passerelle.model.items import Contact, DistributionList, ForeignProperty
from passerelle.wire.contentlines import ContentLine, escape, fold, line, parse
from passerelle.wire.vcard import lists, pictures
from passerelle.wire.vcard.cards import in_version, with_labels
from passerelle.wire.vcard.reader import ASPECTS, FORMAT, NAMES, NOT_KEPT
from passerelle.wire.vcard.words import MARKER, NONE

Version = Literal["3.0", "4.0"]


def write(contacts: Iterable[Contact], version: Version = "3.0") -> bytes:
    """Return an address book; see :func:`write_parts`."""
    return b"".join(write_parts(contacts, version))


def write_parts(contacts: Iterable[Contact], version: Version = "3.0") -> Iterator[bytes]:
    """Yield an address book card by card.

    Members of distribution lists are written by address and name; the numbers that tie them to contacts of a
    store mean nothing elsewhere.
    """
    for item in contacts:
        lines = (in_version(each, version) for each in _lines(item))
        texts = ("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD")
        yield b"".join(map(fold, texts))


def _lines(item: Contact) -> list[ContentLine]:
    kept = _kept(item.foreign)
    by_name: dict[str, list[ContentLine]] = {}
    for each in kept:
        by_name.setdefault(each.name, []).append(each)
    texts = [line("UID", escape(item.uid))] if item.uid else []
    texts += [text for aspect in ASPECTS for text in aspect.write(item, by_name)]
    texts += _mandatory(item, texts)
    texts += [pictures.write_photo(item.photo)] if item.photo else []
    is_list = isinstance(item, DistributionList)
    if isinstance(item, DistributionList):
        texts += lists.write_members(item, by_name.get("MEMBER", ()))
    known = NAMES | NOT_KEPT | ({"KIND", "MEMBER"} if is_list else frozenset())
    texts += [each.text for each in kept if each.name not in known]
    return _with_partners([parse(text, number) for number, text in enumerate(texts)])


def _kept(foreign: Sequence[ForeignProperty]) -> list[ContentLine]:
    """Return the kept lines of this format; what is not well-formed is left out."""
    lines = []
    for number, each in enumerate(foreign):
        if each.format != FORMAT:
            continue
        try:
            lines.append(parse(each.text.replace("\r", "").replace("\n", "\\n"), number))
        except Unreadable:
            continue
    return with_labels([each for each in lines if each.name not in {"BEGIN", "END"}])


def _mandatory(item: Contact, texts: Sequence[str]) -> Iterator[str]:
    """Yield the FN and the N that a card must have, marked as not being the contact's own."""
    names = {parse(text).name for text in texts}
    if "FN" not in names:
        full = " ".join(filter(None, (item.prefix, item.first_name, item.middle_name, item.last_name, item.suffix)))
        name = full or item.company or item.email1 or "-"
        yield line("FN", escape(name), (MARKER, NONE))
    if "N" not in names:
        yield "N:;;;;"


def _with_partners(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """Leave out labels of groups in which nothing else is left."""
    named = {each.group.upper() for each in lines if not _is_label(each)}
    return [each for each in lines if not (each.group and _is_label(each) and each.group.upper() not in named)]


def _is_label(each: ContentLine) -> bool:
    return each.name in {"X-ABLABEL", "X-ABADR"}
