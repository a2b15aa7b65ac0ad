"""What one client does wrong and the server has to know of (OX reference, section 19). Others are not affected."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from passerelle.model.patch import Patch
from passerelle.model.recurrence import Recurrence

KDE = "akonadi_openxchange_resource"
"""Stands in the ``User-Agent`` of KDE's resource, which reaches us as a session's origin."""


def spared(origin: str, patch: Patch, changed: Collection[datetime]) -> Patch:
    """KDE's change of a series without the deletion of its change exceptions.

    KDE reads ``changeexceptions`` and ``deleteexceptions`` into one list and sends all of it back as
    ``deleteexceptions``. From other clients a changed day in that list deletes the exception (section 11.4); from KDE,
    which shows exceptions as items of their own and deletes them as such, it means nothing.
    """
    recurrence = patch.get("recurrence")
    if KDE not in origin or not isinstance(recurrence, Recurrence):
        return patch
    deleted = tuple(key for key in recurrence.deleted if key not in changed)
    return {**patch, "recurrence": msgspec.structs.replace(recurrence, deleted=deleted)}
