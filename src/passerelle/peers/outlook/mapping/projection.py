"""What Outlook would say of an item that was written to it. Pure."""

from __future__ import annotations

from passerelle.model.items import DistributionList, Item
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.sheet import Content, decode, encode


def project(item: Item, context: Context) -> Item:
    """The item, less what cannot be kept in Outlook; projecting twice changes nothing more.

    Raises:
        Refused: it repeats in a way that Outlook cannot come near.
    """
    return decode(type(item), encode(Content(item), context), context).item


def carries(item: Item) -> frozenset[str]:
    """The attributes that are kept in Outlook: all, for what has no place of its own there is kept beside the others.

    A distribution list has no picture there, and one is too large to be kept beside.
    """
    nowhere = {"photo"} if isinstance(item, DistributionList) else set()
    return frozenset(item.__struct_fields__) - nowhere
