"""Finds items whose content may hold some texts: one walk over the content of some folders, in the database.

The database knows nothing of fields: what it finds is to be looked at. That is quick enough for people (0.1 s for
100,000 items in ASCII, half a second where all have accents, 0.6 s for words that most of them hold), and costs writers
nothing, unlike an index of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from passerelle.model.ids import FolderId, UserId
from passerelle.model.records import ItemRecord
from passerelle.store.among import among
from passerelle.store.block import Block
from passerelle.store.engine import MATCHES
from passerelle.store.item_rows import COLUMNS, records, with_alarms
from passerelle.store.schema import items, placements

MOST_PARTS: Final = 4
"""So many texts are looked for; whoever asks looks for the others."""


class _Holds(FunctionElement[bool]):
    """Whether bytes of UTF-8 hold what a pattern says, whatever the case of ASCII letters."""

    inherit_cache = True


@compiles(_Holds, "sqlite")
def _holds_sqlite(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy calls it
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST({column} AS TEXT) LIKE {pattern}"


@compiles(_Holds, "postgresql")
def _holds_postgresql(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"convert_from({column}, 'UTF8') ILIKE {pattern}"


class _Accented(FunctionElement[bool]):
    """Whether bytes of UTF-8 hold letters beyond ASCII, and what a regular expression says."""

    inherit_cache = True


@compiles(_Accented, "sqlite")
def _accented_sqlite(element: _Accented, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return (
        f"CASE WHEN length({column}) <> length(CAST({column} AS TEXT)) THEN {MATCHES}({column}, {pattern}) ELSE 0 END"
    )


@compiles(_Accented, "postgresql")
def _accented_postgresql(element: _Accented, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    text = f"convert_from({column}, 'UTF8')"
    return f"CASE WHEN octet_length({column}) <> char_length({text}) THEN {text} ~ {pattern} ELSE false END"


def _finding(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(placements.c.folder, *COLUMNS)
        .select_from(with_alarms(placements.join(items, placements.c.item == items.c.id)))
        .where(among(placements.c.folder, "folders_"), *conditions)
        .order_by(placements.c.stamp.desc())
        .limit(bindparam("limit_"))
    )


_PARTS: list[BindParameter[str]] = [bindparam(f"part{number}_") for number in range(MOST_PARTS)]
_FOUND = _finding(*(_Holds(items.c.content, part) for part in _PARTS))
_FOUND_ACCENTED = _finding(*(_Accented(items.c.content, part) for part in _PARTS))


class SearchReading:
    """Looks for items by what is in them."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def holding(self, folders: Iterable[FolderId], parts: Sequence[str], user: UserId, limit: int) -> list[ItemRecord]:
        """Items of folders that may hold all the parts, which are ASCII letters and digits; changed last come first."""
        return self._found(_FOUND, [f"%{part}%" for part in parts], "%", folders, user, limit)

    def accented(
        self, folders: Iterable[FolderId], patterns: Sequence[str], user: UserId, limit: int
    ) -> list[ItemRecord]:
        """Items of folders with letters beyond ASCII that fit all patterns, those of :func:`folding.alike`."""
        return self._found(_FOUND_ACCENTED, patterns, "", folders, user, limit)

    def _found(
        self,
        query: Select[*tuple[Any, ...]],
        patterns: Sequence[str],
        anything: str,
        folders: Iterable[FolderId],
        user: UserId,
        limit: int,
    ) -> list[ItemRecord]:
        filled = [*patterns[:MOST_PARTS], *[anything] * (MOST_PARTS - len(patterns))]
        values = {f"part{number}_": pattern for number, pattern in enumerate(filled)}
        given = {"folders_": list(folders), "user_": user, "limit_": limit, **values}
        return records(self._block, self._block.connection.execute(query, given).all())
