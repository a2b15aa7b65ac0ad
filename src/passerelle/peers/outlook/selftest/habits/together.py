"""Several properties at once, and what they tell in the place of an item's members (decision 0051)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.mapping import defaults
from passerelle.peers.outlook.mapping.aspects import members_of
from passerelle.peers.outlook.mapping.facts import read_facts
from passerelle.peers.outlook.mapping.reading import read_values
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.writing import create_item
from passerelle.peers.outlook.reference import NAMESPACE, mapi
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask
from passerelle.peers.outlook.selftest.samples import samples
from passerelle.peers.outlook.selftest.verdicts import Findings, found
from passerelle.peers.outlook.writing import ITEM_TYPES

_FOLDERS: Final[Mapping[type[Item], DefaultFolder]] = {
    Appointment: DefaultFolder.Calendar,
    Contact: DefaultFolder.Contacts,
    DistributionList: DefaultFolder.Contacts,
    Task: DefaultFolder.Tasks,
}
_SUBJECT, _UID, _SIZE = (mapi()[name].schema for name in ("PidTagSubject", "PidLidGlobalObjectId", "PidTagMessageSize"))
_TEXT, _NUMBER, _NOTHING = (
    f"{NAMESPACE}/string/{{8C1E0B5C-0000-4000-8000-000000000001}}/{name}" for name in ("Text", "Number", "Nothing")
)


def _told(bench: Bench) -> Findings:
    for sample in samples(bench.day, bench.context.zone, bench.context.mail):
        new = _new(bench, type(sample.item))
        shelf = Shelf.of(new)
        made = create_item(new, Content(sample.item, sample.changed), bench.context, shelf)
        came = _differing(shelf.open(made.facts.entry), type(sample.item), bench)
        yield found("told-as-said", f"{sample.about}: members that say otherwise than their properties", came, ())
    yield from _texts(bench)


def _texts(bench: Bench) -> Findings:
    contact = bench.contact()
    for member in members_of(TABLES[Contact]):
        if member not in {"FullName", "FileAs", "Body"} and getattr(contact, member, None) == "":
            setattr(contact, member, f"x {member}")
    contact.Save()
    came = _differing(bench.again(contact), Contact, bench)
    yield found("told-as-said", "a contact with every text: members that say otherwise than their properties", came, ())


def _new(bench: Bench, kind: type[Item]) -> objects.Item:
    return bench.folder(_FOLDERS[kind]).Items.Add(int(ITEM_TYPES[kind]))


def _differing(item: objects.Item, kind: type[Item], bench: Bench) -> tuple[str, ...]:
    """The members of an item that say something else than what its properties tell in their place."""
    told = read_facts(item, kind, bench.context).values
    said = read_values(item, TABLES[kind], bench.context)
    return tuple(member for member in told if member in said and told[member] != said[member])


def _errors(bench: Bench) -> Findings:
    came = bench.saved().PropertyAccessor.GetProperties([_SUBJECT, _NOTHING])
    yield found("told-errors", "read two at once, of which one is not set", came, ("Check", ComCode.NOT_FOUND))


def _set(bench: Bench) -> Findings:
    item = bench.appointment()
    answer = item.PropertyAccessor.SetProperties([_TEXT, _UID, _NUMBER], ["ours", bytes(range(40)), 7])
    yield found("set-together", "set a text, bytes and a number at once; the answer", answer, expected=None)
    item.Save()
    came = bench.again(item).PropertyAccessor.GetProperties([_TEXT, _UID, _NUMBER])
    yield found("set-together", "saved, and read them at once", came, ("ours", bytes(range(40)), 7))


def _refused(bench: Bench) -> Findings:
    item = bench.appointment()
    answer = item.PropertyAccessor.SetProperties([_SIZE, _TEXT], [1, "ours"])
    came = [isinstance(each, int) and each < 0 for each in answer or ()]
    yield found("set-errors", "set two at once, of which the first cannot be set: errors", came, (True, False))
    item.Save()
    came_back = bench.again(item).PropertyAccessor.GetProperty(_TEXT)
    yield found("set-errors", "saved, and read the other", came_back, "ours")


def _defaults(bench: Bench) -> Findings:
    for kind in _FOLDERS:
        expected = defaults.of_new(kind, {}, bench.context)
        said = read_values(_new(bench, kind), TABLES[kind], bench.context)
        came = tuple(member for member in expected if said.get(member) not in {None, expected[member]})
        yield found("new-says", f"made a new {kind.__name__}: members that say otherwise", came, ())


PART = Part(
    "Several properties at once",
    (
        ask(_told, told_as_said="What an item tells in one call is what its members say one by one."),
        ask(_errors, told_errors="In the place of what is not set stands an error's number."),
        ask(_set, set_together="Texts, bytes and numbers are set by one call, and kept."),
        ask(_refused, set_errors="What cannot be set has an error in its place, and hinders no other."),
        ask(_defaults, new_says="A new item says what we leave out because of that."),
    ),
)
