"""The field table: every field of an item with its name in the model, Outlook, OX, iCalendar and vCard.

It holds all rows of the manual's appendix B, also those that the connector of that time could not
synchronise, and the further elements of the OX reference, sections 9 to 13. Codecs read it; a page of the
documentation is made from it. Attribute ``foreign`` alone has no row: it is what no field can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from passerelle.model.fields.appointments import APPOINTMENT_FIELDS
from passerelle.model.fields.contacts import CONTACT_FIELDS, CONTACT_ORDER
from passerelle.model.fields.field import Field, FieldType, Kind
from passerelle.model.fields.tasks import TASK_FIELDS

__all__ = ["CONTACT_ORDER", "FIELDS", "Field", "FieldType", "Kind", "by_element", "of"]

FIELDS = (*CONTACT_FIELDS, *APPOINTMENT_FIELDS, *TASK_FIELDS)
"""All rows, kind by kind, in the order of the manual."""

_OF = {kind: tuple(field for field in FIELDS if field.kind == kind) for kind in Kind}
_BY_ELEMENT = {
    kind: MappingProxyType({field.ox_element: field for field in fields if field.ox_element})
    for kind, fields in _OF.items()
}


def of(kind: Kind) -> tuple[Field, ...]:
    """Return the rows of one kind, in the order of the manual."""
    return _OF[kind]


def by_element(kind: Kind) -> Mapping[str, Field]:
    """Return the rows of one kind that OX carries, by the local name of their element."""
    return _BY_ELEMENT[kind]
