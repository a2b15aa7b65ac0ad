"""Conflicts that wait for the user: shown side by side, and decided as a whole or field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from passerelle.groupware.folder_names import name_for
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Item
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.peers.base import RemoteId, Version
from passerelle.store import Decision, ItemLink, Reading, Writing
from passerelle.sync.bases import agreed_link, base_of, differing_link
from passerelle.sync.history.chronicle import close
from passerelle.sync.merge.items import settled
from passerelle.sync.merge.occurrences import move_exceptions
from passerelle.sync.policy import Winner
from passerelle.sync.report import title_of
from passerelle.sync.skipped.quarantine import have_sent


class OpenConflict(Struct, frozen=True, kw_only=True):
    """An item that both sides changed: ``here`` as the user has it, ``there`` as the server does.

    ``fields`` are those to be decided; the others are the same, or still to be sent.
    """

    id: int
    at: datetime
    folder: FolderId
    folder_name: str
    item: ItemId
    title: str
    fields: tuple[str, ...]
    here: Item
    there: Item


def open_conflicts(tx: Reading, me: UserId) -> tuple[OpenConflict, ...]:
    """All conflicts that wait for the user, oldest first."""
    found = tx.decisions.open()
    records = {record.id: record for record in tx.items.several([one.item for one in found], me)} if found else {}
    return tuple(
        _shown(tx, me, one, records[one.item]) for one in found if one.item in records and one.lost is not None
    )


def _shown(tx: Reading, me: UserId, one: Decision, record: ItemRecord) -> OpenConflict:
    folder = tx.folders.get(one.folder)
    assert one.lost is not None  # noqa: S101 - as selected
    return OpenConflict(
        id=one.id,
        at=one.at,
        folder=one.folder,
        folder_name="" if folder is None else name_for(tx, me, folder),
        item=one.item,
        title=title_of(record.item),
        fields=one.open,
        here=record.item,
        there=one.lost,
    )


def settle_conflict(tx: Writing, me: UserId, id_: int, winner: Winner, only: Collection[str], now: datetime) -> None:
    """Decide a conflict for one side, or only some of its fields. Raises as :func:`settle_fields`."""
    settle_fields(tx, me, id_, dict.fromkeys(only or _waiting(tx, id_)[0].open, winner), now)


def settle_fields(tx: Writing, me: UserId, id_: int, choices: Mapping[str, Winner], now: datetime) -> None:
    """Decide fields of a conflict: what is chosen from the server comes here, what is mine is sent.

    Raises:
        NotFound: no such conflict or field waits.
        Contradiction: the item is gone meanwhile.
    """
    one, theirs = _waiting(tx, id_)
    for name in choices:
        if name not in one.open:
            raise NotFound(
                Text("“{field}” does not wait for a decision, but {fields}.", field=name, fields=", ".join(one.open))
            )
    record, links = tx.items.get(one.item, me), tx.sync.links_of(one.item)
    base = base_of(tx, links[0], record) if links else None
    if record is None or base is None:
        close(tx, one, None if record is None else record.item)
        raise Contradiction("The item is no longer on both sides, so there is nothing to decide.")
    item, agreed = settled(base, record.item, theirs, choices)
    _carry_out(tx, me, record, links, item, agreed)
    have_sent(tx, links[0].folder, [links[0].local], now)
    _note(tx, one, record.item, item, choices)


def _waiting(tx: Reading, id_: int) -> tuple[Decision, Item]:
    """A conflict that waits, and the item as the server has it. Raises NotFound."""
    one = tx.decisions.get(id_)
    if one is None or not one.open or one.lost is None:
        raise NotFound(Text("There is no conflict {id} to decide. “conflicts list” shows what there is.", id=id_))
    return one, one.lost


def _carry_out(
    tx: Writing, me: UserId, record: ItemRecord, links: Collection[ItemLink], item: Item, agreed: Item
) -> None:
    stamp = record.stamp
    if item != record.item:
        move_exceptions(tx, me, record, item)
        stamp = tx.items.replace(record.id, item, alarm_of=me)
    for link in links:
        remote, version = RemoteId(link.remote), Version(link.version)
        if item == agreed:
            tx.sync.put_item_links([agreed_link(link.folder, link.local, remote, version, (stamp, item))])
        else:
            tx.sync.put_item_links([differing_link(link.folder, link.local, remote, version, agreed)])


def _note(tx: Writing, one: Decision, mine: Item, item: Item, choices: Mapping[str, Winner]) -> None:
    """Leave what is still to be decided open; else keep what came of it, and what did not.

    Of a decision for either side in part, the server's version is kept: the history has the own one anyway.
    """
    left = tuple(field for field in one.open if field not in choices)
    if left:
        tx.decisions.replace(msgspec.structs.replace(one, kept=item, open=left))
        return
    lost = one.lost if Winner.MINE in choices.values() else mine
    message = Text("“{title}” was changed here and on the server; you decided.", title=title_of(item))
    tx.decisions.replace(msgspec.structs.replace(one, kept=item, lost=lost, message=message, open=()))
