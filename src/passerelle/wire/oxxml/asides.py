"""What our extension says in a list beside its objects: in responses of their own, whose ``href`` is 0."""

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


def read(response: Response, name: str, decoder: msgspec.json.Decoder[dict[str, T]]) -> T | None:
    """What is said under a name; None where the response is something else.

    Raises:
        Unreadable: it is malformed.
    """
    text = response.properties.extension
    if text is None or response.href != "0":
        return None
    try:
        return decoder.decode(text).get(name)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"What the server says of its list under “{name}” cannot be read: {error}.") from error
