"""Outlook is asked and told by few calls; what it says in one is what its members say one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import BusyStatus, DefaultFolder, Sensitivity
from passerelle.peers.outlook.mapping.facts import read_facts
from passerelle.peers.outlook.mapping.reading import read_values
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.writing import create_item
from tests import strategies
from tests.peers.outlook.mapping.desk import Desk

_NINE = Timed(
    start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 9, tzinfo=UTC), zone="Europe/Berlin"
)
_APPOINTMENT = Appointment(when=_NINE, title="Jour fixe", location="Office", note="Bring cake", alarm=15, uid="a@b")
_CONTACT = Contact(first_name="Anna", last_name="Meier", company="Example", email1="a@x.example", phone_business="1")
_BOB = Participant(kind=ParticipantKind.EXTERNAL, mail="bob@other.example", name="Bob")


@pytest.mark.parametrize(
    "strategy",
    [strategies.appointments(), strategies.contacts(), strategies.distribution_lists(), strategies.tasks()],
    ids=["appointments", "contacts", "lists", "tasks"],
)
def test_what_an_item_tells_in_one_call_is_what_its_members_say(strategy: SearchStrategy[Item]) -> None:
    @settings(max_examples=15)
    @given(strategy)
    def check(item: Item) -> None:
        desk = Desk()
        try:
            opened = desk.open(desk.create(item))
        except Refused:
            return
        told = read_facts(opened, type(item), desk.context).values
        asked = read_values(opened, TABLES[type(item)], desk.context)
        assert {member: told[member] for member in told if member in asked} == {
            member: asked[member] for member in told if member in asked
        }

    check()


@pytest.mark.parametrize(
    ("item", "writing", "reading"),
    [
        (_APPOINTMENT, 16, 6),
        (replace(_APPOINTMENT, note=None, alarm=None), 13, 5),
        (replace(_APPOINTMENT, participants=(_BOB,)), 36, 18),
        (_CONTACT, 14, 5),
        (Task(title="x", note="y"), 11, 6),
    ],
)
def test_calls_for_each_item_are_few(item: Item, writing: int, reading: int) -> None:
    desk = Desk()
    new = desk.new(item)
    shelf = Shelf.of(new)
    desk.machine.calls.clear()
    entry = create_item(new, Content(item), desk.context, shelf, "1@2").facts.entry
    assert desk.machine.calls.total() <= writing  # besides that which made it
    desk.machine.calls.clear()
    desk.read(entry, type(item))
    assert desk.machine.calls.total() <= reading


def test_one_field_is_written_with_few_calls() -> None:
    desk = Desk()
    entry = desk.create(_CONTACT)
    desk.machine.calls.clear()
    desk.update(entry, replace(_CONTACT, mobile="2"), fields=frozenset({"mobile"}))
    assert desk.machine.calls.total() <= 16


def test_what_is_as_it_should_be_is_neither_saved_nor_read_again() -> None:
    desk = Desk()
    entry = desk.create(_APPOINTMENT)
    desk.machine.calls.clear()
    desk.update(entry, _APPOINTMENT)
    assert desk.machine.calls["PropertyAccessor.GetProperties"] == 1


@pytest.mark.parametrize("item", [replace(_APPOINTMENT, participants=(_BOB,), sequence=3), _CONTACT, Task(title="x")])
def test_an_outlook_that_takes_no_several_properties_at_once_is_asked_and_told_one_by_one(item: Item) -> None:
    desk = Desk()
    desk.machine.habits.allows_bulk = False
    entry = desk.create(item)
    other = replace(item, categories=("new",))
    assert desk.read(desk.update(entry, other)).item == other


def test_what_was_not_set_together_although_outlook_said_so_is_set_one_by_one() -> None:
    desk = Desk()
    desk.machine.habits.keeps_bulk = False
    item = replace(_APPOINTMENT, sequence=3, url="https://example.org/")
    new = desk.new(item)
    read = create_item(new, Content(item), desk.context, Shelf.of(new), "1@2")
    assert desk.open(read.facts.entry).PropertyAccessor.GetProperty(marks.ITEM) == "1@2"
    assert desk.read(read.facts.entry).item == replace(item, uid=read.item.uid)


def test_what_a_new_item_says_against_expectation_is_set() -> None:
    desk = Desk()
    item = replace(_APPOINTMENT, participants=(_BOB,), note="Bring more cake")
    new = desk.new(item)
    new.Sensitivity, new.BusyStatus = Sensitivity.Private, BusyStatus.OutOfOffice
    assert create_item(new, Content(item), desk.context, Shelf.of(new)).item == item


def test_texts_that_are_too_long_for_one_call_are_read_whole() -> None:
    desk = Desk()
    entry = desk.create(_CONTACT)
    desk.user.edit(entry, BusinessAddressStreet="x" * 5000)
    found = desk.read(entry).item
    assert isinstance(found, Contact)
    assert found.business_street == "x" * 5000


def test_a_list_of_categories_is_read_once_for_many_items() -> None:
    desk = Desk()
    shelf = Shelf(desk.session, desk.session.GetDefaultFolder(DefaultFolder.Tasks).StoreID)
    for number in range(5):
        item = Task(title=f"{number}", categories=("a", "b"))
        create_item(desk.new(item), Content(item), desk.context, shelf)
    assert desk.machine.calls["Categories.Count"] == 1
    assert desk.machine.calls["Categories.Add"] == 2
