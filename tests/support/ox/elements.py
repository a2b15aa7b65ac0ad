"""Writes requests of the OX interface (OX reference, sections 3 to 5) without any code of the product."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

NAMESPACES: Final = 'xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"'


class Xml(str):
    """XML that is sent as it is."""

    __slots__ = ()


Value: TypeAlias = str | int | float | Xml | None


def text(value: Value) -> str:
    """A value as the interface writes it: None is the empty element, booleans are words."""
    return value if isinstance(value, Xml) else escape(_plain(value))


def element(name: str, value: Value = None, **attributes: Value) -> Xml:
    """An element of the OX namespace; its attributes are in that namespace too, as servers demand."""
    said = "".join(f" ox:{key}={quoteattr(_plain(one))}" for key, one in attributes.items())
    return Xml(f"<ox:{name}{said}>{text(value)}</ox:{name}>")


def elements(**fields: Value) -> Xml:
    """One element per field."""
    return Xml("".join(element(name, value) for name, value in fields.items()))


def block(**fields: Value) -> Xml:
    """One operation of a write."""
    return Xml(f"<D:set><D:prop>{elements(**fields)}</D:prop></D:set>")


def propertyupdate(*blocks: Xml) -> Xml:
    """A whole write."""
    return Xml(f"<D:propertyupdate {NAMESPACES}>{''.join(blocks)}</D:propertyupdate>")


def propfind(**query: Value) -> Xml:
    """A whole read."""
    return Xml(f"<D:propfind {NAMESPACES}><D:prop>{elements(**query)}</D:prop></D:propfind>")


def together(*parts: Xml) -> Xml:
    """The content of a container."""
    return Xml("".join(parts))


def user(id_: int, confirm: str = "none") -> Xml:
    """A user who takes part."""
    return element("user", id_, confirm=confirm, external="false")


def group(id_: int) -> Xml:
    """A group that takes part."""
    return element("group", id_, external="false")


def resource(id_: int) -> Xml:
    """A room or a thing that is booked."""
    return element("resource", id_, external="false")


def guest(mail: str, name: str = "") -> Xml:
    """Somebody from outside who takes part."""
    return element("user", None, external="true", mail=mail, displayname=name)


def right(id_: int, levels: str, *, admin: bool = False, kind: str = "user") -> Xml:
    """A right in a folder; levels as in "8/4/4/4": folder, read, write, delete (section 8.2)."""
    folder, read, write, delete = levels.split("/")
    return element(
        kind,
        id_,
        folderpermission=folder,
        objectreadpermission=read,
        objectwritepermission=write,
        objectdeletepermission=delete,
        admin_flag=admin,
    )


def owner(id_: int) -> Xml:
    """The entry of a folder's owner."""
    return right(id_, "128/128/128/128", admin=True)


def ms(moment: str) -> int:
    """Milliseconds since 1970 of a moment in UTC, such as "2033-03-07 09:00" or "2033-03-07"."""
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
