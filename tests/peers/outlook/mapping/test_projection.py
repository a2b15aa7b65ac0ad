"""Nothing of an item is lost in Outlook: what it cannot say is kept beside what it says."""

from __future__ import annotations

from hypothesis import given, settings
from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.items import Contact, DistributionList, Item
from passerelle.peers.outlook.mapping.projection import project
from tests import strategies
from tests.peers.outlook.mapping.contexts import context

_CONTEXT = context()


def _projected(item: Item) -> Item | None:
    try:
        return project(item, _CONTEXT)
    except Refused:
        return None


@settings(max_examples=60)
@given(strategies.items())
def test_an_item_comes_back_whole(item: Item) -> None:
    projected = _projected(item)
    if projected is None:
        return
    expected = item
    if isinstance(item, DistributionList):
        expected = replace(item, photo=None)
    elif isinstance(item, Contact) and item.photo:
        assert isinstance(projected, Contact)
        assert projected.photo
        assert projected.photo.data == item.photo.data
        expected = replace(item, photo=projected.photo)
    assert projected == expected


@settings(max_examples=20)
@given(strategies.items())
def test_projecting_twice_changes_nothing_more(item: Item) -> None:
    once = _projected(item)
    assert once is None or project(once, _CONTEXT) == once
