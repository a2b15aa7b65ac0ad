"""What a replica remembers of its peers: links of folders and items, open intents, skipped objects."""

from __future__ import annotations

from datetime import datetime

import msgspec

from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.text import Text


class FolderLink(msgspec.Struct, frozen=True, kw_only=True):
    """A folder here and its like at the peer.

    ``anchor`` is the position in the peer's history up to which we are in step, in the peer's own words;
    ``sent`` the position in our journal up to which our changes were sent.
    """

    local: FolderId
    remote: str
    anchor: str | None = None
    sent: Stamp = Stamp(0)


class ItemLink(msgspec.Struct, frozen=True, kw_only=True):
    """An item here and its like at the peer, in one folder.

    ``version`` is the peer's; ``agreed`` the stamp of ours; ``base`` the item as both sides last agreed on
    it.
    """

    local: ItemId
    folder: FolderId
    remote: str
    version: str = ""
    agreed: Stamp = Stamp(0)
    base: Item | None = None


class FileLink(msgspec.Struct, frozen=True, kw_only=True):
    """A file that hangs on an item at the peer, and its like here.

    ``holder`` is the item at the peer, ``folder`` that of ours whose copy it is, where the peer keeps a copy in each.
    ``local`` is None while the file is not here. ``digest`` is the SHA-256 of what both sides have; before that, of
    what the peer has, or empty where it does not say.
    """

    item: ItemId
    holder: str
    remote: str
    name: str
    media_type: str
    rtf: bool = False
    digest: str = ""
    local: AttachmentId | None = None
    folder: FolderId = FolderId(0)


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A write to the peer that was begun, and whose result is not yet known."""

    id: int
    action: str
    folder: FolderId | None = None
    local: ItemId | None = None
    remote: str | None = None
    fingerprint: str = ""
    started: datetime


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A change that one side refused, kept for the user to decide on. ``direction`` is ``up`` or ``down``."""

    folder: FolderId
    direction: str
    local: ItemId | None = None
    remote: str | None = None
    code: str = ""
    message: Text = Text("")
    since: datetime
    attempts: int = 1
    fingerprint: str = ""
    id: int = 0
