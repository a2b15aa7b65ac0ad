"""What a row of the field table is put through: server, replica, Outlook, an edit there, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from passerelle.model.fields import Field, Kind, of
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, DistributionList, Task

FILES = "files"
"""What stands for an item's attribute: names and bytes of the files that hang on it."""


class Row(Struct, frozen=True, kw_only=True):
    """One row. ``there`` are attributes on the server, ``shown`` the members of Outlook's item that show them.

    ``edit`` sets members in Outlook, ``act`` does what more is to be done there, ``done`` says that in words for the
    page. ``back`` are the attributes that the server has then; ``plain`` those that are otherwise if the server does
    not speak our extension. ``remark`` says what is special about this row.
    """

    number: str
    name: str
    there: Mapping[str, object] = {}
    shown: Mapping[str, object] = {}
    edit: Mapping[str, object] = {}
    act: Callable[[Any], None] | None = None
    done: str = ""
    back: Mapping[str, object] = {}
    plain: Mapping[str, object] = {}
    remark: str = ""


class Journey(Struct, frozen=True, kw_only=True):
    """The rows that one item carries. ``base`` are attributes that it needs besides."""

    title: str
    kind: type[Appointment | Contact | Task]
    rows: tuple[Row, ...]
    base: Mapping[str, object] = {}

    @property
    def module(self) -> Module:
        """Where it lives."""
        if self.kind is Appointment:
            return Module.CALENDAR
        return Module.TASKS if self.kind is Task else Module.CONTACTS

    @property
    def table(self) -> Kind:
        """Where its rows stand."""
        if issubclass(self.kind, Contact | DistributionList):
            return Kind.CONTACT
        return Kind.APPOINTMENT if self.kind is Appointment else Kind.TASK


def field_of(table: Kind, row: Row) -> Field:
    """The row of the field table that a row is about."""
    return next(
        one
        for one in of(table)
        if one.manual_row == row.number and one.outlook_label and row.name == (one.name or FILES)
    )
