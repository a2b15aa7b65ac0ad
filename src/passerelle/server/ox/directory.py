"""``webdav.groupuser``: users, groups and resources (OX reference, section 14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from passerelle.groupware.session import Session
from passerelle.groupware.views import DirectoryChanges, Person
from passerelle.model.ids import Stamp
from passerelle.server.ox.answer import document
from passerelle.server.ox.servlet import Handler
from passerelle.wire.oxxml import directory
from passerelle.wire.oxxml.requests import DirectoryQuery, read_directory_query


def directory_verbs() -> Mapping[str, Handler]:
    """The verbs of the servlet."""
    return {"PROPFIND": _read}


def _read(session: Session, body: bytes) -> Iterator[bytes]:
    query = read_directory_query(body)
    found = _search(session, query) if query.lastsync is None else _changes(session, query, query.lastsync)
    extended = query.extended
    return document(
        directory.answer(
            _users(session, found.people, extended=extended) if query.user is not None else None,
            (directory.group(one, extended=extended) for one in found.groups) if query.group is not None else None,
            (directory.resource(one, extended=extended) for one in found.resources)
            if query.resource is not None
            else None,
        )
    )


def _search(session: Session, query: DirectoryQuery) -> DirectoryChanges:
    """Without ``lastsync``: those that match the patterns; for all users also the stubs of deleted ones."""
    if query.user == "*":
        people: tuple[Person, ...] = session.directory_changes(Stamp(0)).people
    else:
        people = session.people(query.user) if query.user is not None else ()
    return DirectoryChanges(
        people=people,
        groups=session.groups(query.group) if query.group is not None else (),
        resources=session.resources(query.resource) if query.resource is not None else (),
    )


def _changes(session: Session, query: DirectoryQuery, lastsync: int) -> DirectoryChanges:
    """With ``lastsync``: what changed since, whatever the pattern, but for a pattern of users (section 14.1)."""
    changes = session.directory_changes(Stamp(lastsync))
    if query.user in {None, "*"}:
        return changes
    return DirectoryChanges(
        people=session.people(query.user or "*"), groups=changes.groups, resources=changes.resources
    )


def _users(session: Session, people: Iterable[Person], *, extended: bool) -> Iterator[bytes]:
    return (
        directory.user(
            person.user,
            person.contact,
            person.groups,
            is_me=person.user.id == session.user_id,
            extended=extended,
        )
        for person in people
    )
