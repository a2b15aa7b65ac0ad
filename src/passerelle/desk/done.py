"""Finds what a page has just done to items, in the journal: that is what it may have undone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from passerelle.groupware.history import Place, advance
from passerelle.groupware.reach import TREE_SCOPE
from passerelle.groupware.session import Session
from passerelle.store.journal import Kind

MOST: Final = 100
"""What changed more items at once is not undone by a page."""


def just_done(session: Session, since: Place, began: datetime) -> str:
    """What the user's last transaction since a place changed of items, for a page to have it undone; "" if nothing."""
    with session.store.reading() as tx:
        spans, _here = advance(tx, since)
        entries = [
            entry
            for span in spans
            if span.scope > TREE_SCOPE
            for entry in tx.journal.entries(span.scope, span.after, span.upto)
            if entry.kind is Kind.ITEM and entry.actor == session.user_id and entry.origin == session.origin
        ]
    last = max((entry.at for entry in entries), default=began)
    found = {(entry.object, entry.position): None for entry in entries if entry.at == last >= began}
    return " ".join(f"{item}-{position}" for item, position in found) if len(found) <= MOST else ""
