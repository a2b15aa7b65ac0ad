"""Identifiers and positions. All are integers on the wire; the types keep them from being mixed up."""

from __future__ import annotations

from typing import NewType

UserId = NewType("UserId", int)
GroupId = NewType("GroupId", int)
ResourceId = NewType("ResourceId", int)
FolderId = NewType("FolderId", int)
ItemId = NewType("ItemId", int)
AttachmentId = NewType("AttachmentId", int)
MailId = NewType("MailId", int)

Stamp = NewType("Stamp", int)
"""A position in a store's history, in milliseconds since 1970 UTC: OX ``last_modified``. Strictly rising per folder."""

EVERYBODY = GroupId(0)
"""The virtual group of all users (semantics reference, section 10)."""
