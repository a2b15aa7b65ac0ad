"""The note of a dialog: its text, and the formatted form beside it, which the editor writes once somebody types."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from passerelle.desk.fields import lines
from passerelle.model.items import Item
from passerelle.model.notes import clean, says_more, text_of
from passerelle.model.patch import Patch


def note_values(item: Item) -> dict[str, str]:
    """What a form shows of an item's notes; cleaned here as well, for a peer may have brought what nobody cleaned."""
    return {"note": item.note or "", "note_html": clean(item.note_html or "")}


def note_patch(touched: Collection[str], fields: Mapping[str, str]) -> Patch:
    """What a form changes about the notes; a form that says no more than its text is not kept."""
    if "note_html" in touched:
        html = clean(lines(fields["note_html"]))
        return {"note_html": html} if says_more(html) else {"note": text_of(html) or None, "note_html": None}
    if "note" in touched:
        return {"note": lines(fields["note"]).strip() or None}
    return {}
