"""How many objects a change list has: part of our extension, behind the last of them.

A list that something on the way shortened may be well-formed all the same; a client that believed it would never ask
for the rest again.
"""

from __future__ import annotations

import msgspec

from passerelle.wire.oxxml import asides
from passerelle.wire.oxxml.reading import Response

_decoder = msgspec.json.Decoder(dict[str, int])
_NAME = "objects"


def encode(count: int) -> bytes:
    """The response, as a server writes it; its ``href`` is 0."""
    return asides.write({_NAME: count})


def read(response: Response) -> int | None:
    """The number of objects before this response; None where it is something else.

    Raises:
        Unreadable: it is malformed.
    """
    return asides.read(response, _NAME, _decoder)
