"""Whether Outlook's objects have what our list of its object model says (decision 0041)."""

from __future__ import annotations

from collections.abc import Iterator

from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import members
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask, nobody_asks
from passerelle.peers.outlook.selftest.verdicts import Findings, found


def _objects(bench: Bench) -> Iterator[tuple[str, object]]:
    """Objects of ours, by their classes. All of them are fresh, so that reading any property harms nothing."""
    folder = bench.folder(DefaultFolder.Calendar)
    item, contact, task = bench.saved(folder), bench.contact(), bench.task()
    item.Recipients.Add("bob@selftest.invalid")
    table = folder.GetTable()
    yield "Application", bench.application
    yield "NameSpace", bench.session
    yield "Stores", bench.session.Stores
    yield "Store", folder.Store
    yield "Folders", bench.root().Folders
    yield "Folder", folder
    yield "Items", folder.Items
    yield "Table", table
    yield "Columns", table.Columns
    yield "AppointmentItem", item
    yield "ContactItem", contact
    yield "DistListItem", bench.group()
    yield "TaskItem", task
    yield "Recipients", item.Recipients
    yield "Recipient", item.Recipients.Item(1)
    yield "PropertyAccessor", item.PropertyAccessor
    yield "UserProperties", item.UserProperties
    yield "Attachments", item.Attachments
    yield "RecurrencePattern", task.GetRecurrencePattern()
    yield "TimeZones", bench.application.TimeZones
    yield "TimeZone", bench.application.TimeZones.CurrentTimeZone
    yield "Categories", bench.root().Store.Categories


def _properties(bench: Bench) -> Findings:
    """Properties only: late binding may call what is a method when it is asked for it."""
    lacking = []
    for owner, object_ in _objects(bench):
        names = (one.name for one in members() if one.owner == owner and one.kind == "property")
        lacking += [f"{owner}.{name}" for name in names if not _has(object_, name)]
    yield found(
        "properties", "properties of our list that Outlook's objects lack", ", ".join(lacking) or "none", "none"
    )


def _has(object_: object, name: str) -> bool:
    """Whether there is such a property; one that cannot be read now is there."""
    try:
        getattr(object_, name)
    except ComError as error:
        return code_of(error) != ComCode.DISCONNECTED  # what a name that is not known comes to
    return True


PART = Part(
    "Names",
    (ask(_properties, properties="Outlook's objects have the properties of our list."),),
    (nobody_asks("methods", "Outlook's objects have the methods of our list.", "to ask for one may be to call it"),),
)
