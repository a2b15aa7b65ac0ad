"""Where the items of folders stand in their history: part of our extension, at the end of a list of folders.

A client that knows how far it read a folder sees from it, in one request, which folders have nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from passerelle.model.ids import FolderId, Stamp
from passerelle.wire.oxxml import asides
from passerelle.wire.oxxml.reading import Response

_NAME = "positions"
_DECODER = msgspec.json.Decoder(dict[str, dict[FolderId, Stamp]])


def encode(positions: Mapping[FolderId, Stamp]) -> bytes:
    """The response, as a server writes it; its ``href`` is 0."""
    return asides.write({_NAME: positions})


def read(response: Response) -> Mapping[FolderId, Stamp] | None:
    """The latest position of each folder; None where the response is something else.

    Raises:
        Unreadable: it is malformed.
    """
    found = asides.read(response, _DECODER)
    return None if found is None else found.get(_NAME, {})
