"""The documentation's page of synchronised fields, made from the field table."""

from __future__ import annotations

from passerelle.model.fields import Field, Kind, of

_TITLES = {
    Kind.CONTACT: "Contacts and distribution lists",
    Kind.APPOINTMENT: "Appointments",
    Kind.TASK: "Tasks",
}

_INTRODUCTION = """\
# Synchronised fields

<!-- Made by scripts/field-table; change src/passerelle/model/fields instead. -->

Every field that Passerelle keeps, with its name in Outlook, in Open-Xchange and in iCalendar or vCard.
*Row* is the row or section in the original connector's manual, *manual* what that connector did with it.
Passerelle synchronises all of them; a dash means that the program or format has no such field, and then
Passerelle keeps its value beside it.
"""

_HEAD = """\
| row | our name | type | Outlook | Open-Xchange | OX element | MAPI property | iCalendar, vCard | manual |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Return the page as Markdown, one table per kind of item."""
    return "\n".join([_INTRODUCTION, *(_section(kind) for kind in _TITLES)])


def _section(kind: Kind) -> str:
    rows = "".join(_row(field) for field in of(kind))
    return f"## {_TITLES[kind]}\n\n{_HEAD}{rows}"


def _row(field: Field) -> str:
    cells = (
        field.manual_row,
        _code(field.name),
        field.type + (f", at most {field.max_length} characters" if field.max_length else ""),
        _place(field.outlook_tab, field.outlook_label),
        _place(field.ox_tab, field.ox_label),
        _code(field.ox_element),
        " ".join(filter(None, (field.mapi_property, field.mapi_id))),
        field.text_property,
        field.manual,
    )
    return "| " + " | ".join(_cell(text) for text in cells) + " |\n"


def _place(tab: str, label: str) -> str:
    return ": ".join(filter(None, (tab, label.replace(" | ", ", "))))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", r"\|") or "–"
