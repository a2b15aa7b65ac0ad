"""The picture of a contact as its dialog sends it: nothing where it stays, or a square that the browser cut out."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from passerelle.model.errors import Invalid
from passerelle.model.items import Photo
from passerelle.model.text import Text

NONE: Final = "none"
"""What a form says to have the picture removed."""
_START: Final = "data:image/jpeg;base64,"


def read(text: str) -> Photo | None:
    """The picture that a form sends, or None if it is to be removed.

    Raises:
        Invalid: it is none.
    """
    if text == NONE:
        return None
    try:
        data = base64.b64decode(text.removeprefix(_START), validate=True)
    except binascii.Error as error:
        raise Invalid(Text("The picture cannot be read."), "photo") from error
    return Photo("image/jpeg", data)
