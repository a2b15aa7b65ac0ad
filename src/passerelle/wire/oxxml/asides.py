"""What our extension says in an answer in responses of its own: their ``href`` is 0, for they are no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from passerelle.model.errors import Unreadable
from passerelle.wire.oxxml import answers, extension
from passerelle.wire.oxxml.reading import Response

T = TypeVar("T")


def write(values: Mapping[str, object]) -> bytes:
    """The response, as a server writes it."""
    return answers.live(0, extension.encode(values).encode())


def read(response: Response, decoder: msgspec.json.Decoder[T]) -> T | None:
    """What is said; None where the response is something else, or says that the server failed.

    Raises:
        Unreadable: it is malformed.
    """
    text = response.properties.extension
    if text is None or response.href != "0" or not response.succeeded:
        return None
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"What the server says in our extension cannot be read: {error}.") from error
