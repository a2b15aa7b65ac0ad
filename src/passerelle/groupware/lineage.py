"""Names the history that a store's data have: a store that was made from a backup gets another name.

Connectors compare it, so that what a restored server lost is not taken for deleted (docs/reference/extension.md).
"""

from __future__ import annotations

import secrets

from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.store import Store
from passerelle.store.archive import LINEAGE


def lineage(store: Store) -> str:
    """The name of a store's history; it is found when it is first asked for."""
    with store.reading() as tx:
        known = tx.sync.get(LINEAGE, str)
    if known is not None:
        return known
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        name = tx.sync.get(LINEAGE, str) or secrets.token_hex(16)
        tx.sync.set(LINEAGE, name)
    return name
