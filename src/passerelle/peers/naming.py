"""What the peers of a replica are called: in its memory, and in sentences for its user."""

from __future__ import annotations

from typing import Final

from passerelle.model.text import Text

SERVER: Final = "server"
OUTLOOK: Final = "outlook"

_WHERE: Final = {SERVER: Text("on the server"), OUTLOOK: Text("in Outlook")}
_HEADINGS: Final = {SERVER: Text("On the server"), OUTLOOK: Text("In Outlook")}


def where(peer: str) -> Text:
    """Where a peer's items are, as said in a sentence."""
    return _WHERE[peer]


def heading(peer: str) -> Text:
    """What stands above a peer's versions."""
    return _HEADINGS[peer]
