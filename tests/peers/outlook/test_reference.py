"""The list of Outlook's object model: complete in itself, and the protocols in step with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from passerelle.model.fields import FIELDS
from passerelle.peers.outlook import constants
from passerelle.peers.outlook.reference import MapiProperty, classes, mapi, members

ROOT = Path(__file__).parents[3]
PLAIN = {"array", "boolean", "bytes", "date", "integer", "object", "rows", "string", "variant"}
NAMES = {f"{member.owner}.{member.name}" for member in members()} | {f"*.{member.name}" for member in members()}


def test_the_protocols_are_those_of_the_list() -> None:
    subprocess.run([sys.executable, ROOT / "scripts/outlook-objects", "--check"], check=True)


def test_each_type_is_plain_or_an_enumeration_or_a_class_of_the_list() -> None:
    types = {member.type.removesuffix("?") for member in members()}
    types |= {parameter.type.removesuffix("?") for member in members() for parameter in member.parameters}
    strange = {name for name in types - PLAIN - {"", "Item"} - classes().keys() if not hasattr(constants, name)}
    assert strange == set()


def test_each_class_knows_what_it_is_and_where_it_belongs() -> None:
    for name in classes():
        own = {member.name for member in members() if member.owner == name}
        assert own >= {"Application", "Class", "Parent", "Session"}, name


def test_a_mapi_property_is_shown_by_members_of_the_list() -> None:
    assert {name for each in mapi().values() for name in each.members} - NAMES == set()


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("PidTagSubject", "http://schemas.microsoft.com/mapi/proptag/0x0037001F"),
        (
            "PidLidGlobalObjectId",
            "http://schemas.microsoft.com/mapi/id/{6ED8DA90-450B-101B-98DA-00AA003F1305}/00030102",
        ),
        ("PidNameKeywords", "http://schemas.microsoft.com/mapi/string/{00020329-0000-0000-C000-000000000046}/Keywords"),
    ],
)
def test_a_mapi_property_has_the_name_that_outlook_knows_it_by(name: str, schema: str) -> None:
    assert mapi()[name].schema == schema


def test_each_row_of_the_field_table_is_reachable() -> None:
    for field in FIELDS:
        names = [name for name in field.mapi_property.split(" + ") if name.startswith("Pid")]
        for name, id_ in zip(names, field.mapi_id.split(), strict=True):
            assert _same_id(mapi()[name], id_), field.name


def _same_id(found: MapiProperty, id_: str) -> bool:
    return id_ == "Keywords" == found.id or int(found.id, 16) == int(id_, 16)
