"""``webdav.folders`` (OX reference, section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from passerelle.groupware.session import Session
from passerelle.groupware.views import FolderView
from passerelle.model.errors import Contradiction, Missing, NotFound
from passerelle.model.folders import Folder, FolderType, Module, Right
from passerelle.model.ids import FolderId, Stamp
from passerelle.server.ox.answer import document
from passerelle.server.ox.servlet import Handler
from passerelle.server.ox.writing import OwnChanges, carry_out
from passerelle.wire.oxxml import answers, folder, positions
from passerelle.wire.oxxml.requests import Method, Mode, Propfind, Update, read_propfind

SHOWN = frozenset({Module.CALENDAR, Module.CONTACTS, Module.TASKS})
"""Structural folders are never answered; clients know them (section 8.1)."""


def folder_verbs() -> Mapping[str, Handler]:
    """The verbs of the servlet."""
    return {"PROPFIND": _read, "PROPPATCH": _write, "PUT": _write}


def _read(session: Session, body: bytes) -> Iterator[bytes]:
    query = read_propfind(body)
    if query.modes is None:
        return document(_single(session, query))
    return document(_change_list(session, query, query.modes))


def _single(session: Session, query: Propfind) -> Iterator[bytes]:
    """One folder; a structural one has no response element at all (section 4.2)."""
    try:
        view = session.folder(FolderId(query.object_id or 0))
    except NotFound:
        return iter([answers.not_found()])
    return iter([_live(session, view, query)] if view.folder.module in SHOWN else [])


def _change_list(session: Session, query: Propfind, modes: frozenset[Mode]) -> Iterator[bytes]:
    """Deletions, then changes, then the list (section 4.2). All is read before the answer begins."""
    changes = session.folders(Stamp(query.lastsync))
    everything = session.folders() if Mode.LIST in modes and query.lastsync else changes
    stands = [positions.encode(session.positions())] if query.extended else []

    def pieces() -> Iterator[bytes]:
        if Mode.DELETED in modes:
            yield from (answers.gone(id_) for id_ in changes.gone)
        if Mode.MODIFIED in modes:
            yield from (_live(session, view, query) for view in changes.changed if view.folder.module in SHOWN)
        yield from stands
        if Mode.LIST in modes:
            yield from answers.listing(view.folder.id for view in everything.changed if view.folder.module in SHOWN)

    return pieces()


def _live(session: Session, view: FolderView, query: Propfind) -> bytes:
    properties = folder.encode(view.folder, reader=session.user_id, explicit=view.effective, extended=query.extended)
    return answers.live(view.folder.id, properties)


def _write(session: Session, body: bytes) -> Iterator[bytes]:
    return carry_out(session, body, _block, has_series=False)


def _block(session: Session, update: Update, own: OwnChanges) -> bytes:
    match update.method:
        case Method.DELETE:
            session.delete_folder(_target(update), own.expected(update, required=False))
            return answers.written(_target(update), None, client_id=update.client_id)
        case Method.CLEAR:
            stamp = session.clear_folder(_target(update), own.expected(update, required=False))
            own.record(update, stamp)
            return answers.written(_target(update), stamp, client_id=update.client_id)
        case Method.CONFIRM:
            message = "A folder cannot be confirmed."
            raise Contradiction(message)
        case _ if update.object_id is None:
            made = _create(session, update)
        case _:
            made = _change(session, update, own)
            own.record(update, made.stamp)
    return answers.written(made.id, made.stamp, client_id=update.client_id)


def _create(session: Session, update: Update) -> Folder:
    if update.folder_id is None:
        message = "A new folder needs folder_id, the id of its parent."
        raise Missing(message, "folder_id")
    said = folder.patch(update.properties)
    return session.create_folder(
        FolderId(update.folder_id),
        cast("str", said.get("name", "")),
        module=cast("Module | None", said.get("module")),
        type_=cast("FolderType | None", said.get("type")),
        rights=cast("tuple[Right, ...] | None", said.get("rights")),
    )


def _change(session: Session, update: Update, own: OwnChanges) -> Folder:
    """An update: ``folder_id`` is informative, ``folder`` is the move (section 8.1)."""
    id_ = _target(update)
    said = folder.patch(update.properties)
    current = session.folder(id_).folder
    if said.get("type", current.type) is not current.type:
        message = "A folder stays private or public, as it was made."
        raise Contradiction(message, "FLD-0013")
    if current.is_default:  # renaming a default folder is silently ignored (section 8.1)
        said.pop("name", None)
    module = cast("Module | None", said.get("module"))
    return session.update_folder(
        id_,
        name=cast("str | None", said.get("name")),
        parent=FolderId(update.destination) if update.destination else None,
        module=None if module is current.module else module,
        rights=cast("tuple[Right, ...] | None", said.get("rights")),
        expected=own.expected(update, required=False),
    )


def _target(update: Update) -> FolderId:
    if update.object_id is None:
        message = "The folder is not named: object_id is missing."
        raise Missing(message, "object_id")
    return FolderId(update.object_id)
