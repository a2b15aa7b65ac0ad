"""A contact's picture (RFC 2426, section 3.1.4; RFC 6350, section 6.2.4)."""

from __future__ import annotations

import base64
import binascii
import re

from passerelle.model.items import Photo
from passerelle.wire.contentlines import ContentLine

_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
    b"RIFF": "image/webp",
}


def is_inside(line: ContentLine) -> bool:
    """Tell whether a picture stands in the line itself rather than behind an address."""
    return (line.param("ENCODING") or "").upper() in {"B", "BASE64"}


def read_photo(line: ContentLine) -> Photo | None:
    """Return the picture inside a line; None if it stands elsewhere, or its octets cannot be read."""
    if not is_inside(line):
        return None
    try:
        data = base64.b64decode(re.sub(r"\s", "", line.value), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Photo(_media_type(line, data), data) if data else None


def _media_type(line: ContentLine, data: bytes) -> str:
    kind = next((value for value in line.all("TYPE") if value != "PREF"), "").lower()
    if not kind:
        return next((name for start, name in _SIGNATURES.items() if data.startswith(start)), "image/jpeg")
    return kind if "/" in kind else f"image/{kind}"


def write_photo(photo: Photo) -> str:
    """Return the line of a picture."""
    family, _, kind = photo.media_type.partition("/")
    name = kind.upper() if family == "image" else photo.media_type
    return f"PHOTO;TYPE={name};ENCODING=b:{base64.b64encode(photo.data).decode()}"


def lost_params(line: ContentLine) -> list[str]:
    """Return the names of parameters that a picture of the model cannot keep."""
    return [name for name, _ in line.params if name not in {"ENCODING", "TYPE", "VALUE", "MEDIATYPE", ""}]
