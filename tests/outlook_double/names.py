"""The full name of a contact, and its parts."""

from __future__ import annotations

from tests.outlook_double.stored import Bag, checked
from tests.outlook_double.values import key_of

PREFIX, FIRST, MIDDLE, LAST, SUFFIX = (
    key_of(name)
    for name in ("PidTagDisplayNamePrefix", "PidTagGivenName", "PidTagMiddleName", "PidTagSurname", "PidTagGeneration")
)
_PREFIXES = {"dr.", "prof.", "herr", "frau", "mr.", "mrs.", "ms.", "mme", "m."}


def full_name(obj: Bag) -> str:
    """All parts of a name, with blanks between them."""
    return " ".join(str(obj._values[key]) for key in (PREFIX, FIRST, MIDDLE, LAST, SUFFIX) if obj._values.get(key))


def set_full_name(obj: Bag, value: str) -> None:
    """Take a name apart, as far as that is obvious."""
    words = checked(value, str, "FullName").split()
    has_prefix = bool(words) and words[0].casefold() in _PREFIXES
    obj._put(PREFIX, words.pop(0) if has_prefix else None)
    obj._put(LAST, words.pop() if words else None)
    obj._put(FIRST, words.pop(0) if words else None)
    obj._put(MIDDLE, " ".join(words) or None)
    obj._put(SUFFIX, None)
