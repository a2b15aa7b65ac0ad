"""How collections find their members: by a position that begins at 1, or by a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.outlook_double import failures

T = TypeVar("T")


def at(members: Sequence[T], index: object, name: Callable[[T], str]) -> T:
    """The member at an index. Raises ComError if there is none."""
    if isinstance(index, str):
        found = [member for member in members if name(member).casefold() == index.casefold()]
        if found:
            return found[0]
        raise failures.not_found()
    if not isinstance(index, int) or isinstance(index, bool):
        raise failures.mismatch("Index")
    if not 1 <= index <= len(members):
        raise failures.invalid("Array index out of bounds.")
    return members[index - 1]
