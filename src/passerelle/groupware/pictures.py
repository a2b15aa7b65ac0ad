"""What a contact's picture is, told by its content (semantics reference, section 6). Pure.

A picture is kept as it came, byte for byte. Its first bytes tell its type, whatever a client says, and how many pixels
it has, without unpacking it: a small file can unpack to gigabytes, and is refused before anybody tries.
"""

from __future__ import annotations

import struct

from passerelle.model.errors import Invalid
from passerelle.model.items import Photo
from passerelle.model.text import Text

MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 25_000_000
"""More than any portrait needs: unpacked, so many take some 100 MB."""

JPEG, PNG, GIF, BMP = "image/jpeg", "image/png", "image/gif", "image/bmp"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", BMP),
)
_STANDALONE = frozenset({0x01, *range(0xD0, 0xDA)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def photo_type(content: bytes) -> str | None:
    """The media type that a picture's first bytes tell, or None if it is none that clients show."""
    return next((name for signature, name in _SIGNATURES if content.startswith(signature)), None)


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as the file says; None where it does not say, as in half a file."""
    try:
        match photo_type(content):
            case "image/png":
                return _pair(">II", content, 16)
            case "image/gif":
                return _pair("<HH", content, 6)
            case "image/bmp":
                width, height = _pair("<ii", content, 18)
                return abs(width), abs(height)
            case "image/jpeg":
                return _jpeg_size(content)
            case _:
                return None
    except struct.error:  # the file ends before that
        return None


def check_photo(photo: Photo) -> None:
    """Refuse what is too large, in bytes or in pixels, or no picture that clients show.

    Raises:
        Invalid: CON-0172 and CON-0101.
    """
    if len(photo.data) > MAX_BYTES:
        raise Invalid("A contact's picture can have 4 MiB.", "photo", "CON-0172")
    if photo_type(photo.data) is None:
        raise Invalid("The picture is neither JPEG, PNG, GIF nor BMP.", "photo", "CON-0101")
    size = size_of(photo.data)
    if size is not None and size[0] * size[1] > MAX_PIXELS:
        message = Text(
            "The picture has {width} × {height} pixels. Use one with {most} million at most.",
            width=size[0],
            height=size[1],
            most=MAX_PIXELS // 1_000_000,
        )
        raise Invalid(message, "photo", "CON-0101")


def _pair(layout: str, content: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(layout, content, at)
    return first, second


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """The size in the frame header (ITU-T T.81, B.2.2), which may come after any number of other segments."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:  # noqa: PLR2004 - each marker begins so
            return None
        marker = struct.unpack_from("B", content, at + 1)[0]
        if marker in _FRAMES:
            height, width = _pair(">HH", content, at + 5)
            return width, height
        if marker == 0xFF:  # noqa: PLR2004 - a byte to fill up
            at += 1
        elif marker in _STANDALONE:
            at += 2
        else:
            at += 2 + max(2, struct.unpack_from(">H", content, at + 2)[0])
    return None
