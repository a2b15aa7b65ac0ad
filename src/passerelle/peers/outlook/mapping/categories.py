"""The master list of categories, with their colours. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import CategoryColor

_COLORS: Final = {
    1: CategoryColor.Red,
    2: CategoryColor.Blue,
    3: CategoryColor.Green,
    4: CategoryColor.Gray,
    5: CategoryColor.Orange,
    6: CategoryColor.Teal,
    7: CategoryColor.Olive,
    8: CategoryColor.Purple,
    9: CategoryColor.DarkTeal,
    10: CategoryColor.Yellow,
}
"""Outlook's labels of old (semantics reference, section 5.1) as the colours that are like them."""


def make_known(item: objects.Item, names: Sequence[str], label: int) -> None:
    """Put categories that are new to the item's store on its list, in the colour of the item's label.

    Outlook shows no colour for a category that is not on the list. Names differ by more than case.
    """
    if not names:
        return
    listed = cast("objects.Folder", item.Parent).Store.Categories
    known = {listed.Item(number).Name.casefold() for number in range(1, listed.Count + 1)}
    for name in names:
        if name.casefold() not in known:
            listed.Add(name, int(_COLORS.get(label, CategoryColor.None_)))
            known.add(name.casefold())
