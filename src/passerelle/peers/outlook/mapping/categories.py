"""The master list of categories, with their colours. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

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


class MasterList:
    """The categories of one store, read once: whoever takes one off meanwhile finds it without a colour."""

    def __init__(self, categories: objects.Categories) -> None:
        self._categories = categories
        self._known = {categories.Item(number).Name.casefold() for number in range(1, categories.Count + 1)}

    def make_known(self, names: Sequence[str], label: int) -> None:
        """Put categories that are new on the list, in the colour of an item's label.

        Outlook shows no colour for a category that is not on the list. Names differ by more than case.
        """
        for name in names:
            if name.casefold() not in self._known:
                self._categories.Add(name, int(_COLORS.get(label, CategoryColor.None_)))
                self._known.add(name.casefold())
