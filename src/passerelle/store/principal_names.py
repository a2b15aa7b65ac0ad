"""The names by which users, groups and resources are looked up, in a table of their own with an index.

A name stands there folded (:func:`passerelle.model.folding.folded`), whole and from each of its words on, so that who
types the beginning of any word finds it with one walk of the index. Names are bytes: databases compare those alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import BindParameter, bindparam, delete, insert, select

from passerelle.model.folding import folded
from passerelle.model.principals import Group, Resource, User
from passerelle.store.block import Block, WritingBlock
from passerelle.store.journal import Kind
from passerelle.store.schema import principal_names

Principal = User | Group | Resource
_KINDS: Final = {User: Kind.USER, Group: Kind.GROUP, Resource: Kind.RESOURCE}
_AFTER_ALL: Final = b"\xff"
"""No text in UTF-8 has this byte."""
_NEXT: Final = b"\0"
"""What follows a name comes after it."""
_NAMESAKES: Final = 1000

_START: BindParameter[bytes] = bindparam("start_")
_FOUND = (
    select(principal_names.c.kind, principal_names.c.principal)
    .where(principal_names.c.name >= _START, principal_names.c.name < bindparam("end_"))
    .distinct()
    .limit(bindparam("most_"))
)
_ONE = (principal_names.c.kind == bindparam("kind_"), principal_names.c.principal == bindparam("id_"))


def names_of(principal: Principal) -> set[bytes]:
    """The names to look somebody or something up by; none of what was removed."""
    if principal.deleted:
        return set()
    words = folded(principal.display_name).split()
    found = {" ".join(words[number:]) for number in range(len(words))}
    others = (getattr(principal, name, "") for name in ("login", "name", "email"))
    return {name.encode() for name in (*found, *map(folded, others)) if name}


def beginning(block: Block, start: str, most: int) -> list[tuple[Kind, int]]:
    """Kind and id of those of whom a word, an address or a login begins with a text; at most so many."""
    return _between(block, start, _AFTER_ALL, most)


def alike(block: Block, name: str) -> list[tuple[Kind, int]]:
    """Kind and id of those who have a name, apart from case and accents; perhaps as the end of theirs."""
    return _between(block, name, _NEXT, _NAMESAKES)


def _between(block: Block, name: str, upto: bytes, most: int) -> list[tuple[Kind, int]]:
    key = " ".join(folded(name).split()).encode()
    given = {"start_": key, "end_": key + upto, "most_": most}
    return [(Kind(kind), id_) for kind, id_ in block.connection.execute(_FOUND, given)] if key else []


def rename(block: WritingBlock, principal: Principal) -> None:
    """Have a principal found by its present names, and by no others."""
    kind = kind_of(principal)
    block.connection.execute(delete(principal_names).where(*_ONE), {"kind_": kind, "id_": principal.id})
    rows: Iterable[dict[str, object]] = (
        {"kind": kind, "principal": principal.id, "name": name} for name in sorted(names_of(principal))
    )
    if found := list(rows):
        block.connection.execute(insert(principal_names), found)


def kind_of(principal: Principal) -> Kind:
    """What the journal calls it."""
    return _KINDS[type(principal)]
