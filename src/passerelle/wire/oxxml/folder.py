"""Folders and their rights (OX reference, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from passerelle.model.errors import Invalid, Missing
from passerelle.model.folders import (
    GLOBAL_ADDRESS_BOOK,
    PUBLIC,
    SHARED,
    Folder,
    FolderType,
    Module,
    Right,
    Rights,
)
from passerelle.model.ids import FolderId, Stamp, UserId
from passerelle.model.moments import EPOCH, milliseconds
from passerelle.model.principals import PrincipalKind
from passerelle.wire.oxxml.common import ObjectStatus
from passerelle.wire.oxxml.markup import OURS, element, escape, flag
from passerelle.wire.oxxml.parsing import Element, Properties
from passerelle.wire.oxxml.values import LONG, boolean, instant, integer

_LEVELS = (
    ("folder", "folderpermission"),
    ("read", "objectreadpermission"),
    ("write", "objectwritepermission"),
    ("delete", "objectdeletepermission"),
)
_KINDS = {kind.value: kind for kind in PrincipalKind}
_MODULES = {module.value: module for module in (Module.CALENDAR, Module.CONTACTS, Module.TASKS)}
_TYPES = {"private": FolderType.PRIVATE, "public": FolderType.PUBLIC}
_MARK = f' xmlns:p="{OURS}" p:system="true"'
_SHARED = "shared"


class FolderAnswer(Struct, frozen=True, kw_only=True):
    """A folder as an answer gives it.

    ``shared`` marks another user's private folder, whose parent is not told.
    """

    folder: Folder
    shared: bool = False


def encode(folder: Folder, *, reader: UserId, explicit: Rights | None = None, extended: bool = False) -> bytes:
    """The children of ``D:prop`` for a folder, in Java's order (section 8.1).

    Other users' private folders appear below 3, the global address book below 2, so that no parent is unknown
    to a client. ``explicit`` adds an entry of its own for the reader where there is none, for KDE, which
    evaluates no other (section 8.2). Path-to-root entries are shown to peers that know their mark only:
    others would send them back.
    """
    shared = folder.type is FolderType.PRIVATE and folder.owner != reader
    rights = [right for right in folder.rights if extended or not right.system]
    if explicit is not None and not any(_is_of(right, reader) for right in rights):
        rights.append(Right(kind=PrincipalKind.USER, principal=reader, rights=explicit))
    text = (
        f"<ox:object_status>{ObjectStatus.CREATE.value}</ox:object_status>"
        f"<ox:title>{escape(folder.name)}</ox:title><ox:owner>{folder.owner}</ox:owner>"
        f"<ox:module>{folder.module.value}</ox:module>"
        f"<ox:type>{_SHARED if shared else folder.type.value}</ox:type>"
        f"<ox:defaultfolder>{flag(folder.is_default)}</ox:defaultfolder><ox:created_by>{folder.created_by}</ox:created_by>"
        f"<ox:creation_time>{milliseconds(folder.created)}</ox:creation_time>"
        f"<ox:modified_by>{folder.modified_by}</ox:modified_by><ox:last_modified>{folder.stamp}</ox:last_modified>"
        f"<ox:object_id>{folder.id}</ox:object_id>"
        f"<ox:folder_id>{_parent(folder, shared=shared)}</ox:folder_id>"
        f"{_permissions(rights)}"
    )
    return text.encode()


def _is_of(right: Right, user: UserId) -> bool:
    return right.kind is PrincipalKind.USER and right.principal == user


def _parent(folder: Folder, *, shared: bool) -> FolderId:
    if shared:
        return SHARED
    return PUBLIC if folder.id == GLOBAL_ADDRESS_BOOK else folder.parent


def _permissions(rights: Iterable[Right]) -> str:
    return f"<ox:permissions>{''.join([_encode_right(right) for right in rights])}</ox:permissions>"


def _encode_right(right: Right) -> str:
    levels = " ".join([f'ox:{name}="{getattr(right.rights, attribute)}"' for attribute, name in _LEVELS])
    mark = _MARK if right.system else ""
    name = right.kind.value
    return f'<ox:{name} {levels} ox:admin_flag="{flag(right.rights.admin)}"{mark}>{right.principal}</ox:{name}>'


def properties(
    *,
    name: str | None = None,
    module: Module | None = None,
    type_: FolderType | None = None,
    rights: Sequence[Right] | None = None,
) -> bytes:
    """The elements of a write; what is None is left out. Path-to-root entries are never sent."""
    parts = [
        "" if name is None else element("title", name),
        "" if type_ is None else element("type", type_.value),
        "" if module is None else element("module", module.value),
        "" if rights is None else _permissions([right for right in rights if not right.system]),
    ]
    return "".join(parts).encode()


def patch(properties: Properties) -> dict[str, object]:
    """What a write says of a folder: any of ``name``, ``module``, ``type`` and ``rights`` (complete).

    Where the folder is, or is to go, stands in the write's control elements. An empty module or type counts
    as absent, as KDE sends it below structural folders (section 19.1).

    Raises:
        Invalid: a module or type that cannot be stored, an unknown kind of principal, a level out of range.
        Missing: an entry lacks one of the four levels.
    """
    found: dict[str, object] = {}
    name, module, type_ = properties.text("title"), properties.value("module"), properties.value("type")
    if name is not None:
        found["name"] = name
    if module is not None:
        found["module"] = _module(module)
    if type_ is not None:
        found["type"] = _type(type_)
    if "permissions" in properties:
        found["rights"] = _rights(properties)
    return found


def _module(word: str) -> Module:
    module = _MODULES.get(word.lower())
    if module is None:
        raise Invalid(f"A folder cannot hold “{word[:40]}”. Use calendar, contact or task.", "module", "FLD-0042")
    return module


def _type(word: str) -> FolderType:
    type_ = _TYPES.get(word.lower())
    if type_ is None:
        raise Invalid(f"A folder cannot be made “{word[:40]}”. Use private or public.", "type", "FLD-0013")
    return type_


def _rights(properties: Properties) -> tuple[Right, ...]:
    return tuple([_right(child) for child in properties.children("permissions")])


def _right(child: Element) -> Right:
    kind = _KINDS.get(child.name)
    if kind is None:
        raise Invalid(f"“{child.name[:40]}” cannot hold rights. Use user or group.", "rights")
    said = child.attributes
    lacking = [name for _, name in _LEVELS if name not in said]
    if lacking:
        raise Missing(f"An entry of the rights lacks the attribute “{lacking[0]}”.", "rights")
    levels = {attribute: integer(said[name], name, 0, 128) for attribute, name in _LEVELS}
    return Right(
        kind=kind,
        principal=integer(child.text, "rights", 0, LONG),
        rights=Rights(admin=boolean(said.get("admin_flag", "")), **levels),
        system=boolean(said.get("p:system", "")),
    )


def read(properties: Properties) -> FolderAnswer:
    """The folder that an answer gives. A module that we do not know makes it a structural folder, as for KDE.

    Raises:
        Missing: it lacks its id or its parent.
        Invalid: a value is malformed or out of range.
    """
    type_ = (properties.value("type") or "").lower()
    owner = UserId(_number(properties, "owner", 0))
    folder = Folder(
        id=FolderId(_number(properties, "object_id")),
        parent=FolderId(_number(properties, "folder_id")),
        name=properties.text("title") or "",
        module=_MODULES.get((properties.value("module") or "").lower(), Module.SYSTEM),
        type=FolderType.PUBLIC if type_ == FolderType.PUBLIC.value else FolderType.PRIVATE,
        owner=owner,
        is_default=properties.flag("defaultfolder"),
        created_by=UserId(_number(properties, "created_by", owner)),
        created=instant(_number(properties, "creation_time", milliseconds(EPOCH)), "creation_time"),
        modified_by=UserId(_number(properties, "modified_by", owner)),
        stamp=Stamp(_number(properties, "last_modified", 0)),
        rights=_rights(properties),
    )
    return FolderAnswer(folder=folder, shared=type_ == _SHARED)


def _number(properties: Properties, name: str, otherwise: int | None = None) -> int:
    text = properties.value(name)
    if text is not None:
        return integer(text, name, -LONG - 1, LONG)
    if otherwise is None:
        raise Missing(f"The answer's folder lacks “{name}”.", name)
    return otherwise
