"""Positions: counters are above all that was handed out, and each change stands in the journal (design, section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sqlalchemy import Column, Select, Table, exists, func, literal, select, union_all

from passerelle.model.ids import ItemId
from passerelle.model.text import Text
from passerelle.store.integrity.finding import BACKUP, Finding
from passerelle.store.journal import Action, Kind
from passerelle.store.schema import (
    DIRECTORY,
    TREE,
    attachments,
    audit,
    decisions,
    folders,
    former_attachments,
    groups,
    intents,
    items,
    journal,
    outbox,
    placements,
    resources,
    scopes,
    sequences,
    skipped,
    tombstones,
    users,
)
from passerelle.store.transaction import Reading, Writing

_RAISED = Text("Raise the counter above all that was handed out.")


class _Used(NamedTuple):
    """Where the identifiers of one sequence are used."""

    sequence: str
    columns: tuple[Column[int], ...]


_IDENTIFIERS = (
    _Used("principal", (users.c.id, groups.c.id, resources.c.id)),
    _Used("folder", (folders.c.id,)),
    _Used("item", (items.c.id,)),
    _Used("attachment", (attachments.c.id, former_attachments.c.id)),
    _Used("intent", (intents.c.id,)),
    _Used("skipped", (skipped.c.id,)),
    _Used("mail", (outbox.c.id,)),
    _Used("audit", (audit.c.id,)),
    _Used("decision", (decisions.c.id,)),
)


def _highest(table: Table, scope: Column[int], stamp: Column[int]) -> Select[int, int]:
    return select(scope.label("scope"), func.max(stamp).label("used")).select_from(table).group_by(scope)


def _highest_in(scope: int, table: Table) -> Select[int, int]:
    return select(literal(scope).label("scope"), func.max(table.c.stamp).label("used"))


_ALL_USED = union_all(
    _highest(placements, placements.c.folder, placements.c.stamp),
    _highest(tombstones, tombstones.c.scope, tombstones.c.stamp),
    _highest(journal, journal.c.scope, journal.c.position),
    _highest_in(TREE, folders),
    *(_highest_in(DIRECTORY, table) for table in (users, groups, resources)),
).subquery()
_USED = select(_ALL_USED.c.scope, func.max(_ALL_USED.c.used).label("used")).group_by(_ALL_USED.c.scope).subquery()
_TOO_LOW = (
    select(_USED.c.scope, _USED.c.used)
    .select_from(_USED.outerjoin(scopes, scopes.c.scope == _USED.c.scope))
    .where(_USED.c.used > func.coalesce(scopes.c.counter, 0))
    .order_by(_USED.c.scope)
)
_PRUNED = select(scopes.c.pruned).where(scopes.c.scope == placements.c.folder).scalar_subquery()
_LEFT_NO_TRACE = (
    select(placements.c.item, placements.c.folder)
    .where(
        placements.c.stamp > func.coalesce(_PRUNED, 0),
        ~exists().where(
            journal.c.scope == placements.c.folder,
            journal.c.position == placements.c.stamp,
            journal.c.object == placements.c.item,
        ),
    )
    .order_by(placements.c.item, placements.c.folder)
)
_later = journal.alias("later")
_IS_LAST = ~exists().where(
    _later.c.object == journal.c.object,
    _later.c.scope == journal.c.scope,
    _later.c.kind == journal.c.kind,
    _later.c.position > journal.c.position,
)
_IS_PLACED = exists().where(placements.c.folder == journal.c.scope, placements.c.item == journal.c.object)
_LAST_WORDS = (
    select(journal.c.object, journal.c.scope)
    .where(
        journal.c.kind == Kind.ITEM,
        exists().where(folders.c.id == journal.c.scope),  # those of a folder that went, went with it
        ~_IS_PLACED,
        _IS_LAST,
    )
    .order_by(journal.c.object, journal.c.scope)
)
_LOST = _LAST_WORDS.where(journal.c.action.not_in((Action.REMOVED, Action.LEFT)))
_UNBURIED = _LAST_WORDS.where(
    journal.c.action.in_((Action.REMOVED, Action.LEFT)),
    ~exists().where(tombstones.c.scope == journal.c.scope, tombstones.c.object == journal.c.object),
)
_BURIED_ALIVE = (
    select(tombstones.c.scope, tombstones.c.object)
    .where(
        exists().where(placements.c.folder == tombstones.c.scope, placements.c.item == tombstones.c.object)
        | ((tombstones.c.scope == TREE) & exists().where(folders.c.id == tombstones.c.object))
    )
    .order_by(tombstones.c.scope, tombstones.c.object)
)


def counters_are_above_all_that_was_handed_out(tx: Reading) -> Iterator[Finding]:
    """No position of a scope, and no identifier, can be handed out twice."""
    for scope, used in tx.inspection.connection.execute(_TOO_LOW).all():
        yield Finding(
            rule="counter",
            where=f"scope {scope}",
            what=Text("The counter of positions is below {used}, which was handed out.", used=used),
            remedy=_RAISED,
            cure=partial(_raise_counter, scope, used),
        )
    values: dict[str, int] = dict(map(tuple, tx.inspection.connection.execute(select(sequences))))
    for used in _IDENTIFIERS:
        highest = max(tx.inspection.connection.scalar(select(func.max(column))) or 0 for column in used.columns)
        if highest > values.get(used.sequence, -1):
            yield Finding(
                rule="counter",
                where=f"sequence {used.sequence}",
                what=Text("The counter of numbers is below {used}, which is in use.", used=highest),
                remedy=_RAISED,
                cure=partial(_raise_sequence, used.sequence, highest),
            )


def every_change_is_in_the_journal(tx: Reading) -> Iterator[Finding]:
    """The present version of each item is in the journal of each folder that it shows in, unless that is pruned."""
    for item, folder in tx.inspection.connection.execute(_LEFT_NO_TRACE):
        yield Finding(
            rule="journal",
            where=f"item {item}",
            what=Text("The journal of folder {folder} lacks its last change.", folder=folder),
            remedy=Text("Record it as changed."),
            cure=partial(_settle, item),
        )


def what_was_written_is_there(tx: Reading) -> Iterator[Finding]:
    """An item that, by the last word of a folder's journal, shows in the folder does so: no accepted write is lost."""
    for item, folder in tx.inspection.connection.execute(_LOST):
        yield Finding(
            rule="lost",
            where=f"item {item}",
            what=Text("By the journal it shows in folder {folder}, but it does not.", folder=folder),
            remedy=BACKUP,
        )


def tombstones_stand_for_what_left(tx: Reading) -> Iterator[Finding]:
    """Each item that left a folder has a tombstone there, and what is there has none."""
    for scope, object_ in tx.inspection.connection.execute(_BURIED_ALIVE):
        yield Finding(
            rule="tombstone",
            where=f"scope {scope}",
            what=Text("The tombstone of {object} stands for something that is there.", object=object_),
            remedy=Text("Remove the tombstone."),
            cure=partial(_unbury, scope, object_),
        )
    for item, folder in tx.inspection.connection.execute(_UNBURIED):
        yield Finding(
            rule="tombstone",
            where=f"scope {folder}",
            what=Text("{object} left, and no tombstone says so.", object=item),
            remedy=Text("Put up the tombstone, so that clients learn of it."),
            cure=partial(_bury, folder, item),
        )


def _raise_counter(scope: int, used: int, tx: Writing) -> None:
    tx.inspection.raise_counter(scope, used)


def _raise_sequence(name: str, used: int, tx: Writing) -> None:
    tx.inspection.raise_sequence(name, used)


def _settle(item: int, tx: Writing) -> None:
    tx.inspection.settle_item(ItemId(item))


def _unbury(scope: int, object_: int, tx: Writing) -> None:
    tx.inspection.unbury(scope, object_)


def _bury(scope: int, object_: int, tx: Writing) -> None:
    tx.inspection.bury(scope, object_)
