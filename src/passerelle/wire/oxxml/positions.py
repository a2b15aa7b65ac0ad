"""Where the items of folders stand in their history: part of our extension, at the end of a list of folders.

A client that knows how far it read a folder sees from it, in one request, which folders have nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from passerelle.model.errors import Unreadable
from passerelle.model.ids import FolderId, Stamp
from passerelle.wire.oxxml import answers, extension
from passerelle.wire.oxxml.reading import Response

_decoder = msgspec.json.Decoder(dict[str, dict[FolderId, Stamp]])
_NAME = "positions"


def encode(positions: Mapping[FolderId, Stamp]) -> bytes:
    """The response, as a server writes it; its ``href`` is 0."""
    return answers.live(0, extension.encode({_NAME: positions}).encode())


def read(response: Response) -> Mapping[FolderId, Stamp] | None:
    """The latest position of each folder; None where the response is something else.

    Raises:
        Unreadable: it is malformed.
    """
    text = response.properties.extension
    if text is None or response.href != "0":
        return None
    try:
        return _decoder.decode(text).get(_NAME, {})
    except msgspec.MsgspecError as error:
        raise Unreadable(f"The positions of the folders cannot be read: {error}.") from error
