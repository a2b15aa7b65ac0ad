"""The documentation's page of fields in Outlook, made from the field table and the tables of aspects."""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.model.fields import Field, FieldType, Kind, of
from passerelle.peers.outlook.mapping.appointments import APPOINTMENT
from passerelle.peers.outlook.mapping.aspects import Aspect
from passerelle.peers.outlook.mapping.contacts import CONTACT
from passerelle.peers.outlook.mapping.lists import DISTRIBUTION_LIST
from passerelle.peers.outlook.mapping.tasks import TASK
from passerelle.peers.outlook.reference import mapi

_TITLES = {
    Kind.CONTACT: "Contacts and distribution lists",
    Kind.APPOINTMENT: "Appointments",
    Kind.TASK: "Tasks",
}
_TABLES: dict[Kind, tuple[tuple[str, tuple[Aspect, ...]], ...]] = {
    Kind.CONTACT: (("ContactItem", CONTACT), ("DistListItem", DISTRIBUTION_LIST)),
    Kind.APPOINTMENT: (("AppointmentItem", APPOINTMENT),),
    Kind.TASK: (("TaskItem", TASK),),
}

_INTRODUCTION = """\
# Fields in Outlook

<!-- Made by scripts/outlook-fields; change src/passerelle/peers/outlook/mapping instead. -->

What becomes of every field on its way from a server through the replica to Outlook, and back. *Outlook* is the member
of Outlook's object model that shows it, *MAPI* the property behind that. *Server* says what an Open-Xchange server does
with the field, *in Outlook* what Outlook may make of the value there.

Nothing is lost by it: what Outlook says otherwise, or has no place for, is kept beside the item, in a property that
does not show. The true value stands until somebody changes the field in Outlook; then Outlook's does.

This page says what the mapping does, which the tests hold to a double of Outlook; a real Outlook has not been asked.
"""

_HEAD = """\
| row | our name | label | Outlook | MAPI | server | in Outlook |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page as Markdown, one table per kind of item."""
    return "\n".join([_INTRODUCTION, *(_section(kind) for kind in _TITLES)])


def _section(kind: Kind) -> str:
    fields = (field for field in of(kind) if field.name or field.type is FieldType.FILES)
    each = {(field.name, field.outlook_label or field.name): field for field in fields}
    shown = {field.name for field in each.values() if field.outlook_label}
    rows = (_row(field) for field in each.values() if field.outlook_label or field.name not in shown)
    return f"## {_TITLES[kind]}\n\n{_HEAD}{''.join(rows)}"


def _row(field: Field) -> str:
    class_, aspect = _aspect(field)
    cells = (
        field.manual_row,
        f"`{field.name}`" if field.name else "attachments",
        field.outlook_label.replace(" | ", ", "),
        ", ".join(f"`{member}`" for member in _shown(aspect)),
        ", ".join(_properties(class_, aspect)) or field.mapi_property,
        server_of(field),
        change_of(field),
    )
    return "| " + " | ".join(cell.replace("|", r"\|") or "–" for cell in cells) + " |\n"


def _aspect(field: Field) -> tuple[str, Aspect | None]:
    for class_, table in _TABLES[field.kind]:
        for aspect in table:
            if field.name in aspect.attributes:
                return class_, aspect
    return "", None


def _shown(aspect: Aspect | None) -> Iterable[str]:
    return [member for member in aspect.members if not member.startswith("Pid")] if aspect else ()


def _properties(class_: str, aspect: Aspect | None) -> Iterable[str]:
    """The MAPI properties of an aspect's members."""
    members = aspect.members if aspect else ()
    shown = {f"{owner}.{member}" for member in members for owner in (class_, "*")}
    return [name for name, found in mapi().items() if name in members or shown.intersection(found.members)]


def server_of(field: Field) -> str:
    """What an Open-Xchange server does with a field."""
    if field.type is FieldType.FILES:
        return "attachments"
    if not field.ox_element or not field.accepted:
        return "kept in the replica"
    return "carried" if field.answered else "taken, never told: kept in the replica"


def change_of(field: Field) -> str:
    """What Outlook may make of a field's value."""
    _, aspect = _aspect(field)
    if field.type is FieldType.FILES:
        return "names and bytes stay"
    if aspect is None:
        return "no place there: kept beside"
    return aspect.change or "nothing"
