"""How many objects a change list has: part of our extension, behind the last of them.

A list that something on the way shortened may be well-formed all the same; a client that believed it would never ask
for the rest again.
"""

from __future__ import annotations

import msgspec

from passerelle.model.errors import Unreadable
from passerelle.wire.oxxml import answers, extension
from passerelle.wire.oxxml.reading import Response

_decoder = msgspec.json.Decoder(dict[str, int])
_NAME = "objects"


def encode(count: int) -> bytes:
    """The response, as a server writes it; its ``href`` is 0."""
    return answers.live(0, extension.encode({_NAME: count}).encode())


def read(response: Response) -> int | None:
    """The number of objects before this response; None where it is something else.

    Raises:
        Unreadable: it is malformed.
    """
    text = response.properties.extension
    if text is None or response.href != "0":
        return None
    try:
        return _decoder.decode(text).get(_NAME)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"The end of the server's list cannot be read: {error}.") from error
