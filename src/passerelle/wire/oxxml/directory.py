"""Users, groups and resources (OX reference, section 14).

The answer is one ``D:response`` whose shape is unlike all others: no href, and status and description stand
beside ``propstat`` in the words of HTTP. Both sides stream it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import final

import msgspec
from lxml import etree
from msgspec import Struct

from passerelle.model.errors import Invalid, Unreadable
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK
from passerelle.model.ids import GroupId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.items import Contact
from passerelle.model.principals import Group, Resource, User
from passerelle.wire.oxxml import contact, extension
from passerelle.wire.oxxml.markup import DAV, OURS, OX, escape
from passerelle.wire.oxxml.parsing import Properties, element, properties, refuse_document_type
from passerelle.wire.oxxml.values import LONG, integer

_OK = "HTTP/1.1 200 OK"
_HEAD = f'<D:response xmlns:ox="{OX}"><D:propstat><D:prop>'.encode()
_TAIL = (
    f"</D:prop></D:propstat><D:status>{_OK}</D:status><D:responsedescription>{_OK}</D:responsedescription>"
    "</D:response>\n"
).encode()

_USER_TAG, _GROUP_TAG, _RESOURCE_TAG = f"{{{OX}}}user", f"{{{OX}}}group", f"{{{OX}}}resource"
_MEMBERS, _MEMBER_OF = f"{{{OX}}}members", f"{{{OX}}}memberingroups"
_MULTISTATUS = f"{{{DAV}}}multistatus"
_EXTENSION = f"{{{OURS}}}item"


class Person(Struct, frozen=True, kw_only=True):
    """A user as the directory's answer gives one. ``context`` is only told of oneself (``is_me``)."""

    user: User
    contact: Contact
    groups: tuple[GroupId, ...] = ()
    is_me: bool = False
    context: int | None = None


Entry = Person | Group | Resource


def answer(
    users: Iterable[bytes] | None, groups: Iterable[bytes] | None, resources: Iterable[bytes] | None
) -> Iterator[bytes]:
    """The one response, in pieces; kinds that were not asked for are None and left out."""
    yield _HEAD
    for name, entries in ((b"users", users), (b"groups", groups), (b"resources", resources)):
        if entries is not None:
            yield b"<ox:%s>" % name
            yield from entries
            yield b"</ox:%s>" % name
    yield _TAIL


def user(
    one: User,
    entry: Contact | None,
    groups: Iterable[GroupId],
    *,
    is_me: bool,
    context: int = 1,
    extended: bool = False,
) -> bytes:
    """A user with the fields of the ``entry`` in the global address book.

    A deleted one is a stub (section 14.2).
    """
    if one.deleted:
        stub = f"<ox:uid>{one.id}</ox:uid><ox:object_id>{one.contact or 0}</ox:object_id>"
        return f"<ox:user>{stub}<ox:object_status>DELETE</ox:object_status></ox:user>".encode()
    member = "".join([f"<ox:member>{group}</ox:member>" for group in groups])
    me = f"<ox:myidentity>true</ox:myidentity><ox:context_id>{context}</ox:context_id>" if is_me else ""
    rest = {"login": one.login, "zone": one.zone, "locale": one.locale}
    text = (
        f"<ox:user><ox:uid>{one.id}</ox:uid><ox:object_id>{one.contact or 0}</ox:object_id>"
        f"<ox:folder_id>{GLOBAL_ADDRESS_BOOK}</ox:folder_id>"
        f'<ox:email1 isInternal="true">{escape(one.email)}</ox:email1>'
        f"<ox:last_modified>{one.stamp}</ox:last_modified>"
        f"<ox:memberingroups>{member}</ox:memberingroups>{me}<ox:object_status>CREATE</ox:object_status>"
        f"{contact.fields(entry or _entry(one), without=('email1',))}"
        f"{extension.encode(rest) if extended else ''}</ox:user>"
    )
    return text.encode()


def _entry(one: User) -> Contact:
    """The fields of a user who has no entry in the address book."""
    return Contact(
        last_name=one.last_name or None,
        first_name=one.first_name or None,
        display_name=one.display_name or None,
    )


def group(one: Group, *, extended: bool = False) -> bytes:
    """A group with its members; the status stands in it twice, for the oldest clients."""
    members = "".join([f"<ox:memberuid>{user}</ox:memberuid>" for user in one.members])
    rest = extension.encode({"name": one.name}) if extended else ""
    text = (
        f"<ox:group>{_status(deleted=one.deleted)}<ox:uid>{one.id}</ox:uid><ox:last_modified>{one.stamp}</ox:last_modified>"
        f"<ox:displayname>{escape(one.display_name)}</ox:displayname><ox:members>{members}</ox:members>{rest}</ox:group>"
    )
    return text.encode()


def resource(one: Resource, *, extended: bool = False) -> bytes:
    """A resource; the status stands in it twice, as in groups."""
    rest = extension.encode({"name": one.name, "description": one.description}) if extended else ""
    text = (
        f"<ox:resource>{_status(deleted=one.deleted)}<ox:uid>{one.id}</ox:uid>"
        f"<ox:last_modified>{one.stamp}</ox:last_modified><ox:displayname>{escape(one.display_name)}</ox:displayname>"
        f"<ox:email1>{escape(one.email)}</ox:email1>{rest}</ox:resource>"
    )
    return text.encode()


def _status(*, deleted: bool) -> str:
    status = "DELETE" if deleted else "CREATE"
    return f"<ox:object_status>{status}</ox:object_status><ox:objectstatus>{status}</ox:objectstatus>"


class _Rest(Struct, frozen=True):
    """What our own element adds to an entry."""

    login: str = ""
    zone: str = "UTC"
    locale: str = "en"
    name: str = ""
    description: str = ""


_rest = msgspec.json.Decoder(_Rest)


@final
class DirectoryReader:
    """Reads a directory's answer piece by piece and hands out its entries.

    All methods raise ``Unreadable``.
    """

    def __init__(self) -> None:
        self._parser = etree.XMLPullParser(
            events=("end",), tag=(_USER_TAG, _GROUP_TAG, _RESOURCE_TAG, _MULTISTATUS), resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        self._is_complete = False

    def feed(self, piece: bytes) -> list[Entry]:
        """Take the next bytes and return the entries that they complete."""
        if not piece:
            return []
        try:
            self._parser.feed(piece)
            return list(self._completed())
        except etree.XMLSyntaxError as error:
            raise Unreadable(f"The server's answer is not well-formed XML: {error.msg}.", error.lineno or 0) from error
        except Invalid as error:
            raise Unreadable(f"The server's directory cannot be read: {error}") from error

    def close(self) -> None:
        """Make sure that the document is complete."""
        if not self._is_complete:
            raise Unreadable("The server's answer breaks off.")

    def _completed(self) -> Iterator[Entry]:
        for _, node in self._parser.read_events():
            assert isinstance(node, etree._Element)  # noqa: S101, SLF001 - end events carry elements
            if node.tag == _MULTISTATUS:
                refuse_document_type(node)
                self._is_complete = True
                continue
            yield _READERS[str(node.tag)](node, properties(node))
            node.clear(keep_tail=True)
            parent = node.getparent()
            while parent is not None and node.getprevious() is not None:
                del parent[0]


def _read_user(node: etree._Element, said: Properties) -> Person:
    rest = _more(said)
    entry = contact.item(said)
    number = _number(said, "uid")
    one = User(
        id=UserId(number),
        login=rest.login,
        display_name=entry.display_name or "",
        first_name=entry.first_name or "",
        last_name=entry.last_name or "",
        email=entry.email1 or "",
        zone=rest.zone,
        locale=rest.locale,
        contact=ItemId(_number(said, "object_id")) if said.value("object_id") else None,
        stamp=Stamp(_number(said, "last_modified")),
        deleted=_is_deleted(said),
    )
    me = said.flag("myidentity")
    groups = tuple([GroupId(each) for each in _numbers(node.find(_MEMBER_OF))])
    context = _number(said, "context_id") if said.value("context_id") else None
    return Person(user=one, contact=entry, groups=groups, is_me=me, context=context)


def _read_group(node: etree._Element, said: Properties) -> Group:
    return Group(
        id=GroupId(_number(said, "uid")),
        name=_more(said).name,
        display_name=said.text("displayname") or "",
        members=tuple([UserId(each) for each in _numbers(node.find(_MEMBERS))]),
        stamp=Stamp(_number(said, "last_modified")),
        deleted=_is_deleted(said),
    )


def _read_resource(node: etree._Element, said: Properties) -> Resource:  # noqa: ARG001 - all are read alike
    rest = _more(said)
    return Resource(
        id=ResourceId(_number(said, "uid")),
        name=rest.name,
        display_name=said.text("displayname") or "",
        email=said.text("email1") or "",
        description=rest.description,
        stamp=Stamp(_number(said, "last_modified")),
        deleted=_is_deleted(said),
    )


_READERS: dict[str, Callable[[etree._Element, Properties], Entry]] = {
    _USER_TAG: _read_user,
    _GROUP_TAG: _read_group,
    _RESOURCE_TAG: _read_resource,
}


def _more(said: Properties) -> _Rest:
    try:
        return _rest.decode(said.extension) if said.extension else _Rest()
    except (msgspec.MsgspecError, ValueError) as error:
        raise Invalid(f"the extension element is malformed: {error}.", "extension") from error


def _is_deleted(said: Properties) -> bool:
    return (said.value("object_status") or said.value("objectstatus") or "").upper() == "DELETE"


def _number(said: Properties, name: str) -> int:
    text = said.value(name)
    return 0 if text is None else integer(text, name, -LONG - 1, LONG)


def _numbers(container: etree._Element | None) -> list[int]:
    if container is None:
        return []
    return [
        integer(child.text, "member", -LONG - 1, LONG) for child in element(container).children if child.text.strip()
    ]
