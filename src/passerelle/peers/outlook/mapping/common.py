"""What all of Outlook's items have: note, categories, privacy."""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.model.items import Item
from passerelle.peers.outlook.constants import Sensitivity
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, one, one_line
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.notes import NOTE
from passerelle.peers.outlook.mapping.values import Values


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Names of categories, each once: Outlook knows no difference of case between them."""
    found: dict[str, str] = {}
    for name in names:
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _decode_categories(values: Values, context: Context) -> Patch:
    text = values.get("Categories")
    names = words_of(text, context) if isinstance(text, str) else ()
    return {"categories": tuple(name for name in names if name.casefold() != context.category.casefold())}


def words_of(text: str, context: Context) -> tuple[str, ...]:
    """The categories that Outlook says in one text."""
    return distinct(name.strip() for name in text.split(context.separator))


def text_of(names: Iterable[str], context: Context) -> str:
    """Some categories as Outlook says them."""
    plain = (one_line(name.replace(context.separator, " ")) for name in names)
    return f"{context.separator} ".join(distinct(plain))


def _encode_categories(item: Item, context: Context) -> Values:
    return {"Categories": text_of((*item.categories, context.category), context)}


CATEGORIES = Aspect(
    attributes=("categories",),
    members=("Categories",),
    decode=_decode_categories,
    encode=_encode_categories,
    change="names that differ in case only become one; the locale’s list separator in a name becomes a space",
)
PRIVATE = one(
    "private",
    "Sensitivity",
    encode=lambda private: int(Sensitivity.Private if private else Sensitivity.Normal),
    decode=lambda value: value in {Sensitivity.Private, Sensitivity.Confidential},
    change="“confidential” counts as private, and stays confidential; “personal” does not",
)

COMMON = (NOTE, CATEGORIES, PRIVATE)
