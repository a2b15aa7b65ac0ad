"""Rooms and things that appointments book."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.administration.users import MODULE
from passerelle.desk.fields import lines
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.admin.administration import Administration
from passerelle.model.errors import Refused
from passerelle.model.ids import ResourceId
from passerelle.model.principals import Resource
from passerelle.model.text import Text

_NEW = Resource(id=ResourceId(-1), name="", display_name="")
_TEXTS = ("name", "display_name", "email", "description")


def page(administration: Administration, visit: Visit) -> Response:
    """The resources."""
    return visit.page("administration/resources.html", _list(administration))


def rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/resource_rows.html", _list(administration))


def form(administration: Administration, visit: Visit) -> Response:
    """The dialog of a resource, or of a new one."""
    resource = _named(administration, visit)
    return _dialog(visit, resource, {name: getattr(resource, name) for name in _TEXTS})


def save(administration: Administration, visit: Visit) -> Response:
    """Add or change a resource as the form says; if that is refused, the form says why."""
    resource = _named(administration, visit)
    said = {name: lines(visit.fields.get(name, "")).strip() for name in _TEXTS}
    try:
        expected = None if resource is _NEW else saving.stamp_of(visit)
        administration.put_resource(msgspec.structs.replace(resource, **said), expected)
    except Refused as error:
        return _dialog(visit, resource, visit.fields, error)
    return visit.done(Text("The resource is saved."))


def remove(administration: Administration, visit: Visit) -> Response:
    """Remove a resource."""
    administration.remove_resource(ResourceId(visit.number("id")))
    return visit.done(Text("The resource is removed."))


def _list(administration: Administration) -> dict[str, object]:
    return {"module": MODULE, "part": "resources", "resources": administration.organisation().resources}


def _named(administration: Administration, visit: Visit) -> Resource:
    return administration.resource(ResourceId(visit.number("id"))) if visit.fields.get("id") else _NEW


def _dialog(visit: Visit, resource: Resource, values: Mapping[str, str], error: Refused | None = None) -> Response:
    shown = {
        "record": None if resource is _NEW else resource,
        "values": Typed(values),
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("administration/resource.html", shown, 200 if error is None else 422)
