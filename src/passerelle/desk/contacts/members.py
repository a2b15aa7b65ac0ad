"""The entries of a distribution list as its dialog shows them, one a line: "Name <address>", or one of the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from passerelle.desk.contacts.listing import name_of
from passerelle.groupware.contacts import is_address
from passerelle.groupware.session import Session
from passerelle.model.errors import Invalid
from passerelle.model.folders import Module
from passerelle.model.items import Contact, DistributionList, Member
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

Members = tuple[Member, ...]
_FIELDS: Final = ("email1", "email2", "email3")


def as_lines(members: Members) -> str:
    """The entries, one a line."""
    return "\n".join(line_of(member.name, member.mail) for member in members)


def line_of(name: str, mail: str) -> str:
    """One entry."""
    return f"{name} <{mail}>" if name and mail and name != mail else name or mail


def read(session: Session, lines: str, before: Members) -> Members:
    """The entries that lines name. What stood there before stays as it was; whoever is a contact is referred to.

    Raises:
        Invalid: a line names nobody, or several.
    """
    known = {line_of(one.name, one.mail): one for one in before}
    wanted = list(dict.fromkeys(filter(None, (line.strip() for line in lines.splitlines()))))
    fresh = [line for line in wanted if line not in known]
    found = _looked_up(session, fresh) if fresh else {}
    return tuple(known.get(line) or found[line] for line in wanted)


def suggestions(session: Session, typed: str, most: int) -> list[str]:
    """Entries whose name or address holds what was typed."""
    words = typed.casefold().split()
    found: dict[str, None] = {}
    if words:
        for name, member in _everybody(session):
            line = line_of(name, member.mail)
            if all(word in line.casefold() for word in words):
                found[line] = None
                if len(found) == most:
                    break
    return list(found)


def _looked_up(session: Session, lines: Iterable[str]) -> dict[str, Member]:
    by_mail: dict[str, Member] = {}
    by_name: dict[str, dict[str, Member]] = {}
    for name, member in _everybody(session):
        by_mail.setdefault(member.mail.casefold(), member)
        by_name.setdefault(name.casefold(), {}).setdefault(member.mail.casefold(), member)
    return {line: _found(line, by_mail, by_name) for line in lines}


def _found(line: str, by_mail: Mapping[str, Member], by_name: Mapping[str, Mapping[str, Member]]) -> Member:
    name, mail = _parts(line)
    if mail:
        return by_mail.get(mail.casefold()) or Member(mail=mail, name=name)
    namesakes = list(by_name.get(line.casefold(), {}).values())
    if not namesakes:
        raise Invalid(Text("“{name}” is neither a mail address nor a contact who has one.", name=line), "members")
    if len(namesakes) > 1:
        raise Invalid(Text("“{name}” has several addresses. Write the one you mean.", name=line), "members")
    return namesakes[0]


def _parts(line: str) -> tuple[str, str]:
    """Name and address; the address is "" where there is none."""
    if line.endswith(">") and "<" in line:
        name, _, mail = line[:-1].rpartition("<")
        if not is_address(mail):
            raise Invalid(Text("“{address}” is no mail address.", address=mail), "members")
        return name.strip().strip('"'), mail.strip()
    return ("", line) if is_address(line) else ("", "")


def _everybody(session: Session) -> Iterator[tuple[str, Member]]:
    """Each address of all contacts that one may read, with the contact's name."""
    for view in session.folders().changed:
        if view.folder.module is Module.CONTACTS and view.effective.read:
            for record in session.changes(view.folder.id, Module.CONTACTS).items:
                yield from _addresses(record)


def _addresses(record: ItemRecord) -> Iterator[tuple[str, Member]]:
    item = record.item
    if not isinstance(item, Contact) or isinstance(item, DistributionList):
        return
    name = name_of(item)
    for number, field in enumerate(_FIELDS, 1):
        if mail := getattr(item, field):
            yield name, Member(mail=mail, name=name, contact=record.id, folder=record.folder, email_field=number)
