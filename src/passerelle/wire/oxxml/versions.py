"""The version of every object of a folder: what the LIST mode answers to a client that knows our extension.

Such a client sees from it which objects differ from its own, and fetches no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec

from passerelle.model.ids import ItemId, Stamp
from passerelle.wire.oxxml import asides
from passerelle.wire.oxxml.reading import Response

_NAME = "versions"
_DECODER = msgspec.json.Decoder(dict[str, dict[ItemId, Stamp]])
_PIECE = 5000
"""Objects in one response: readers keep a response in memory, and refuse text of 10 MB."""


def listing(versions: Mapping[ItemId, Stamp]) -> Iterator[bytes]:
    """The responses, as a server writes them; there is one at least, and their ``href`` is 0."""
    rest = iter(versions.items())
    some = dict(islice(rest, _PIECE))
    yield _piece(some)
    while some := dict(islice(rest, _PIECE)):
        yield _piece(some)


def _piece(versions: Mapping[ItemId, Stamp]) -> bytes:
    return asides.write({_NAME: versions})


def read(response: Response) -> Mapping[ItemId, Stamp] | None:
    """The stamps in a response, by object id; None where it is something else.

    Raises:
        Unreadable: it is malformed.
    """
    found = asides.read(response, _DECODER)
    return None if found is None else found.get(_NAME)
