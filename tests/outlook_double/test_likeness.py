"""The double has the classes and members of the list, of its types, and nothing else. The types are mypy's matter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.reference import Member, classes, mapi, members
from tests.outlook_double.classes import CLASSES
from tests.outlook_double.com import ReadOnly, Writable
from tests.outlook_double.desk import Desk

LISTED = {
    name: {member.name: member for member in members() if member.owner == name and member.kind != "event"}
    for name in classes()
}


def test_the_double_has_the_classes_of_the_list() -> None:
    assert CLASSES.keys() == classes().keys()


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_has_the_members_of_the_list_and_no_others(name: str) -> None:
    public = {each: getattr(CLASSES[name], each) for each in dir(CLASSES[name]) if not each.startswith("_")}
    assert public.keys() == LISTED[name].keys()
    assert {each: kind_of(found) for each, found in public.items()} == {
        each: kind_listed(member) for each, member in LISTED[name].items()
    }


def kind_of(found: object) -> str:
    if isinstance(found, ReadOnly):
        return "read-write" if isinstance(found, Writable) else "read-only"
    return "method" if getattr(found, "is_method", False) else "stranger"


def kind_listed(member: Member) -> str:
    if member.kind == "method":
        return "method"
    return "read-write" if member.writable else "read-only"


SAMPLES = {
    "string": "Köln",
    "integer": 2,
    "boolean": True,
    "date": datetime(2026, 12, 1, tzinfo=UTC),
    "strings": "Eins; Zwei",
    "double": 50,
}
COUPLED = {"DateCompleted", "FileAs", "Recipients", "Attachments", "Subject", "RTFBody"}


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        ("AppointmentItem", DefaultFolder.Calendar),
        ("ContactItem", DefaultFolder.Contacts),
        ("TaskItem", DefaultFolder.Tasks),
    ],
)
def test_what_is_set_by_a_property_is_seen_through_its_mapi_property(desk: Desk, kind: str, folder: int) -> None:
    items = desk.outlook.Session.GetDefaultFolder(folder).Items
    for each in mapi().values():
        for member in each.members:
            owner, _, name = member.partition(".")
            listed = LISTED[kind].get(name)
            if owner not in {"*", kind} or not listed or not listed.writable or each.type not in SAMPLES:
                continue
            item = items.Add()
            setattr(item, name, SAMPLES[each.type])
            item.Save()
            if name not in {"Body", "MessageClass"}:
                assert item.PropertyAccessor.GetProperty(each.schema) is not None, name


def test_a_name_that_outlook_does_not_know_can_be_neither_read_nor_set(desk: Desk) -> None:
    item = desk.outlook.CreateItem(0 + 1)
    with pytest.raises(AttributeError):
        item.Sbuject  # type: ignore[union-attr]  # noqa: B018 - that is the point
    with pytest.raises(AttributeError):
        item.EntryID = "1"  # type: ignore[misc]
