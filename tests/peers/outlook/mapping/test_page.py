"""The documentation says what the tables say, and the tables name what Outlook has."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook.mapping.aspects import members_of
from passerelle.peers.outlook.mapping.page import page
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.reference import mapi, members

ROOT = Path(__file__).resolve().parents[4]
CLASSES: dict[type[Item], str] = {
    Appointment: "AppointmentItem",
    Contact: "ContactItem",
    DistributionList: "DistListItem",
    Task: "TaskItem",
}


def test_the_page_of_the_documentation_is_current() -> None:
    committed = (ROOT / "docs" / "reference" / "outlook-fields.md").read_text(encoding="utf-8")
    assert committed == page(), "run .venv/bin/python scripts/outlook-fields"


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tables_name_members_and_properties_that_outlook_has(kind: type[Item]) -> None:
    known = {one.name for one in members() if one.owner == CLASSES[kind]} | mapi().keys()
    assert set(members_of(TABLES[kind])) <= known


@pytest.mark.parametrize("kind", CLASSES)
def test_no_attribute_has_two_places(kind: type[Item]) -> None:
    named = [attribute for aspect in TABLES[kind] for attribute in aspect.attributes]
    assert len(named) == len(set(named))
    assert set(named) <= set(kind.__struct_fields__)
