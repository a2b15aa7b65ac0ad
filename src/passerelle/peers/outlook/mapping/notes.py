"""The note of an item: Outlook's body, plain where it is plain, RTF where it is formatted.

HTML is only to be had through a window of Outlook's; RTF says the same, and :mod:`passerelle.wire.richtext` knows both.
"""

from __future__ import annotations

from passerelle.model.items import Item
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, several_lines
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.values import Values
from passerelle.wire.richtext import is_plain, read_html, read_rtf, text_of, write_html, write_rtf

_PLACE_OF_FILES = " "
"""What stands in the text for each file that hangs on the item: at its beginning, unless somebody put it elsewhere."""


def _decode(values: Values, _: Context) -> Patch:
    """The text, and the formatting if there is any; a body that was formatted says its text through RTF too."""
    rtf = values.get("RTFBody")
    document = read_rtf(rtf) if isinstance(rtf, bytes) else ()
    if not is_plain(document):
        return {"note": text_of(document) or None, "note_html": write_html(document)}
    body = values.get("Body")
    text = "\n".join(body.splitlines()).rstrip().lstrip(_PLACE_OF_FILES) if isinstance(body, str) else text_of(document)
    return {"note": text or None, "note_html": None}


def _encode(item: Item, _: Context) -> Values:
    document = read_html(item.note_html or "")
    if is_plain(document):
        return {"Body": several_lines(item.note or text_of(document)).rstrip()}
    return {"RTFBody": write_rtf(document)}


NOTE = Aspect(
    attributes=("note", "note_html"),
    members=("Body", "RTFBody"),
    decode=_decode,
    encode=_encode,
    change="formatting beyond bold, italic, underlined, struck out, lists and links; white space at either end. "
    "The server’s own HTML stands as long as the text is the same",
)
