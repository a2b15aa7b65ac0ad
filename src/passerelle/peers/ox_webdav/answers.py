"""What the server's answers mean to the engine (OX reference, sections 4.2, 5.3, 8 and 14). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from passerelle.model.errors import Refused, Unreadable
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PRIVATE, PUBLIC, SHARED, FolderType, Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import from_milliseconds
from passerelle.model.text import Text
from passerelle.peers.base import (
    Change,
    Gone,
    RemoteFolder,
    RemoteId,
    RemoteItem,
    Root,
    Spot,
    TooLarge,
    Unread,
    Version,
    Write,
    WriteResult,
)
from passerelle.peers.ox_webdav import files, ids
from passerelle.peers.ox_webdav.anchors import Progress
from passerelle.wire.oxxml import appointment, contact, folder, task, whole
from passerelle.wire.oxxml.common import Header, ObjectStatus, header
from passerelle.wire.oxxml.errors import BAD_REQUEST
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.reading import Response

_READERS: Mapping[Module, Callable[[Properties, str], Item]] = {
    Module.CALENDAR: appointment.item,
    Module.CONTACTS: contact.item,
    Module.TASKS: task.item,
}
_KINDS: Mapping[Module, type[Appointment | Contact | Task]] = {
    Module.CALENDAR: Appointment,
    Module.CONTACTS: Contact,
    Module.TASKS: Task,
}
_ROOTS = {PRIVATE: Root.PRIVATE, PUBLIC: Root.PUBLIC, SHARED: Root.SHARED}


def is_listing(response: Response) -> bool:
    """Whether a response is the list of all ids rather than an object."""
    return (response.properties.text("object_status") or "").strip().upper() == ObjectStatus.LIST.value


def listed(response: Response, module: Module) -> Iterable[RemoteId]:
    """The ids in a list."""
    for entry in response.properties.children("object_list"):
        yield ids.item_id(module, _number(entry.text))


def read_item(properties: Properties, module: Module, zone: str) -> Item:
    """The item that an object's elements say."""
    return _READERS[module](properties, zone)


def remote_item(response: Response, module: Module, zone: str) -> RemoteItem:
    """A live object of an answer.

    Raises:
        Refused: it lacks something, or holds what no item can.
    """
    return _remote_item(response, header(response.properties), module, zone)


def _remote_item(response: Response, about: Header, module: Module, zone: str) -> RemoteItem:
    return RemoteItem(
        id=ids.item_id(module, about.id),
        item=read_item(response.properties, module, zone),
        version=ids.version(about.stamp),
        master=None if about.master is None else ids.item_id(module, about.master),
        day=about.day,
        created_by=about.created_by,
        created=about.created,
        modified=None if about.stamp is None else from_milliseconds(about.stamp),
        files=files.told(about.attachments),
    )


def whole_item(entry: whole.Entry, module: Module) -> RemoteItem:
    """A live object of an answer in our extension.

    Raises:
        Refused: it holds what no item can.
    """
    return RemoteItem(
        id=ids.item_id(module, entry.id),
        item=whole.item(_KINDS[module], entry.item),
        version=ids.version(entry.stamp),
        master=None if entry.master is None else ids.item_id(module, entry.master),
        created_by=entry.created_by,
        created=from_milliseconds(entry.created),
        modified=from_milliseconds(entry.stamp),
        files=files.told_whole(entry.files) if entry.files else (),
    )


def whole_change(entry: whole.Entry, module: Module, progress: Progress) -> Change:
    """One entry of a change list in our extension. An object that cannot be read hinders no other."""
    progress.changed = max(progress.changed, entry.stamp)
    try:
        return whole_item(entry, module)
    except Refused as error:
        return Unread(ids.item_id(module, entry.id), error)


def change(response: Response, module: Module, zone: str, progress: Progress) -> Change:
    """One response of a change list. An object that cannot be read hinders no other."""
    try:
        error = failure(response)
        if error is not None:
            return Unread(_named(response, module), error)
        about = header(response.properties)
        if about.status is ObjectStatus.DELETE:
            progress.gone = max(progress.gone, about.stamp or 0)
            return Gone(ids.item_id(module, about.id))
        progress.changed = max(progress.changed, about.stamp or 0)
        return _remote_item(response, about, module, zone)
    except (Refused, Unreadable) as error:
        return Unread(_named(response, module), error)


def _named(response: Response, module: Module) -> RemoteId | None:
    """The id of an object that could not be read, as far as it says one."""
    text = response.properties.value("object_id") or response.href
    return ids.item_id(module, int(text)) if text.isdecimal() and int(text) else None


def folder_change(response: Response, progress: Progress) -> RemoteFolder | Gone | None:
    """One response of a list of folders; None for a structural folder, which holds no items.

    Raises:
        Unreadable: it is no folder.
    """
    try:
        about = header(response.properties)
        if about.status is ObjectStatus.DELETE:
            return Gone(ids.folder_id(about.id))
        progress.changed = max(progress.changed, about.stamp or 0)
        return _remote_folder(response)
    except Refused as error:
        raise Unreadable(
            Text("The server's answer has a folder that cannot be read: {error}", error=error.text)
        ) from error


def _remote_folder(response: Response) -> RemoteFolder | None:
    answer = folder.read(response.properties)
    one = answer.folder
    if one.module is Module.SYSTEM:
        return None
    root = _ROOTS.get(one.parent)
    if answer.shared:
        root = Root.SHARED
    hanging = Root.PUBLIC if one.type is FolderType.PUBLIC else Root.PRIVATE
    return RemoteFolder(
        id=ids.folder_id(one.id),
        spot=Spot(root=root) if root else Spot(root=hanging, parent=ids.folder_id(one.parent)),
        name=one.name,
        module=one.module,
        owner=one.owner,
        version=ids.version(one.stamp),
        rights=one.rights,
        is_default=one.is_default,
        everybody=one.id == GLOBAL_ADDRESS_BOOK,
    )


def write_results(responses: Sequence[Response], batch: Sequence[Write], module: Module) -> list[WriteResult]:
    """The result of each operation, found by its token, else by its place.

    Raises:
        TooLarge: the server could not read the request; a smaller one may do better.
        Unreadable: the answer has too few results.
    """
    if _is_refused_whole(responses, batch):
        raise TooLarge(responses[0].description)
    by_token = {response.properties.text("client_id"): response for response in responses}
    in_order = len(responses) == len(batch)
    results = []
    for number, write in enumerate(batch):
        response = by_token.get(write.token) or (responses[number] if in_order else None)
        if response is None:
            raise Unreadable("The server's answer says nothing about some of the changes sent.")
        results.append(_write_result(write, response, module))
    return results


def _is_refused_whole(responses: Sequence[Response], batch: Sequence[Write]) -> bool:
    """Whether the request itself was refused (section 6.3), of which nothing was carried out."""
    return len(batch) > 1 and len(responses) == 1 and responses[0].code == BAD_REQUEST


def _write_result(write: Write, response: Response, module: Module) -> WriteResult:
    error = failure(response)
    if error is not None:
        return WriteResult(token=write.token, error=error)
    said = response.properties
    number, stamp = said.value("object_id"), said.value("last_modified")
    return WriteResult(
        token=write.token,
        id=ids.item_id(module, _number(number or response.href)),
        version=None if stamp is None else Version(str(_number(stamp))),
    )


def failure(response: Response) -> Refused | None:
    """Why an operation did not succeed; None where it did."""
    if response.succeeded:
        return None
    return response.refused() or Refused(response.description or "The server failed without a reason.")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Unreadable(Text("The server's answer holds “{text}” where a number belongs.", text=text[:40])) from error
