"""Rooms and things that can be booked: made, changed, removed (semantics reference, section 10)."""

from __future__ import annotations

import msgspec

from passerelle.groupware.access import require_current
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.principal_rules import check_free_address, check_free_name
from passerelle.model.errors import NotFound
from passerelle.model.ids import ResourceId, Stamp, UserId
from passerelle.model.principals import Resource
from passerelle.model.text import Text
from passerelle.store import Reading, Store


def add_resource(
    store: Store, name: str, display_name: str = "", *, email: str = "", description: str = "", by: UserId = SYSTEM_USER
) -> Resource:
    """Add a room or a thing that can be booked.

    Raises:
        Contradiction: the name or the address is taken.
        Invalid: the mail address is malformed.
    """
    display_name = display_name or name
    draft = Resource(id=ResourceId(-1), name=name, display_name=display_name, email=email, description=description)
    with store.writing(by, ORIGIN) as tx:
        check_free_name(tx, draft)
        check_free_address(tx, email, draft)
        return tx.principals.add_resource(name, display_name, email, description)


def change_resource(  # noqa: PLR0913 - what a resource is made of
    store: Store,
    id_: ResourceId,
    *,
    name: str | None = None,
    display_name: str | None = None,
    email: str | None = None,
    description: str | None = None,
    expected: Stamp | None = None,
    by: UserId = SYSTEM_USER,
) -> Resource:
    """Give a resource other values; what is None stays.

    Raises:
        NotFound: it does not exist.
        Contradiction: the name or the address is taken.
        Invalid: the mail address is malformed.
        Stale: it was changed since the version that is ``expected``.
    """
    given = {"name": name, "display_name": display_name, "email": email, "description": description}
    with store.writing(by, ORIGIN) as tx:
        before = _resource(tx, id_)
        require_current(before.stamp, expected)
        wanted = msgspec.structs.replace(before, **{key: value for key, value in given.items() if value is not None})
        if wanted == before:
            return before
        check_free_name(tx, wanted)
        if wanted.email != before.email:
            check_free_address(tx, wanted.email, wanted)
        return tx.principals.put(wanted)


def remove_resource(store: Store, id_: ResourceId, *, by: UserId = SYSTEM_USER) -> None:
    """Remove a resource; appointments that booked it keep its name, and book nothing any more.

    Raises:
        NotFound: it does not exist.
    """
    with store.writing(by, ORIGIN) as tx:
        tx.principals.remove_resource(_resource(tx, id_).id)


def find_resource(tx: Reading, name: str) -> Resource:
    """The resource with a unique name, whatever its case, or with that number.

    Raises:
        NotFound: there is none.
    """
    resources = tx.principals.resources()
    found = [one for one in resources if one.name.casefold() == name.casefold()]
    found += [one for one in resources if str(one.id) == name]
    if not found:
        raise NotFound(Text("There is no resource “{name}”. “passerelle server resource list” shows all.", name=name))
    return found[0]


def _resource(tx: Reading, id_: ResourceId) -> Resource:
    resource = tx.principals.resource(id_)
    if resource is None or resource.deleted:
        raise NotFound(Text("There is no resource {id}.", id=id_))
    return resource
