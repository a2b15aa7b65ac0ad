"""What a server without our extension would say of an item: the same each time, and the same after a round trip."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings

from passerelle.model.items import Item
from passerelle.peers.ox_webdav.projection import carried, project
from tests import strategies


@settings(max_examples=60)
@given(strategies.items())
def test_projecting_twice_changes_nothing_more(item: Item) -> None:
    once = project(item, "Europe/Berlin")
    assert project(once, "Europe/Berlin") == once


@settings(max_examples=60)
@given(strategies.items())
def test_only_carried_attributes_are_left(item: Item) -> None:
    projected = project(item, "Europe/Berlin")
    empty = {field.name: field.default for field in msgspec.structs.fields(type(item))}
    left = {name for name in item.__struct_fields__ if getattr(projected, name) != empty[name]}
    assert left <= carried(item) | {"when", "recurrence_id"}
