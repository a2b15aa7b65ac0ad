"""Smaller copies of contacts' pictures, for pages and for files (semantics reference, section 6; docs/decisions/0020).

A copy covers a square: neither side is shorter than the square's, and the picture keeps its shape. A picture that is
small enough is its own copy, byte for byte. The kept picture is never touched.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from enum import IntEnum
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

import msgspec
import structlog

from passerelle.groupware.pictures import JPEG, MAX_PIXELS, PNG, photo_type, size_of
from passerelle.model.items import Contact, Photo

if TYPE_CHECKING:
    from PIL import Image

log = structlog.get_logger(__name__)

_QUALITY = 85
KEPT = 512
"""How many copies are remembered, each of some 10 to 50 KiB."""


class Square(IntEnum):
    """The side of the square that a copy covers, in pixels."""

    CARD = 200
    """In a vCard."""
    DISPLAY = 250
    """On a page."""


class Copies:
    """The latest copies, by what they were made of. May be used by any thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._copies: OrderedDict[tuple[bytes, Square], Photo] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[bytes, Square]) -> Photo | None:
        """The copy of a picture, if it is remembered."""
        with self._lock:
            if key in self._copies:
                self._copies.move_to_end(key)
            return self._copies.get(key)

    def put(self, key: tuple[bytes, Square], copy: Photo) -> None:
        """Remember a copy, and forget the ones that nobody asked for the longest."""
        with self._lock:
            self._copies[key] = copy
            while len(self._copies) > self._kept:
                self._copies.popitem(last=False)


_copies = Copies()


def small(photo: Photo, square: Square) -> Photo:
    """The picture so small; as it is where it is that small already, or nobody can read it. Copies are remembered."""
    size = size_of(photo.data)
    if size is None or min(size) <= square:
        return photo
    key = sha256(photo.data).digest(), square
    copy = _copies.get(key)
    if copy is None:
        copy = scaled(photo, square)
        _copies.put(key, copy)
    return copy


def scaled(photo: Photo, square: Square) -> Photo:
    """The picture scaled down to cover a square, upright; as it is where it cannot be read.

    A JPEG stays one; others become PNGs of their first frame. What a camera wrote beside the pixels is left out.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - takes time, and few processes need it

    side = (square, square)
    try:
        with Image.open(io.BytesIO(photo.data)) as image:
            if image.width * image.height > MAX_PIXELS:
                return photo
            image.draft("RGB", side)  # lets a large JPEG be unpacked at an eighth of its size
            return _written(ImageOps.cover(_plain(ImageOps.exif_transpose(image)), side), photo)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        log.info("picture_not_scaled", reason=type(error).__name__)
        return photo


def _plain(image: Image.Image) -> Image.Image:
    """The picture in colours that can be mixed: neither those of a palette nor those of print."""
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _written(image: Image.Image, original: Photo) -> Photo:
    out = io.BytesIO()
    if photo_type(original.data) == JPEG:
        image.convert("RGB").save(out, "JPEG", quality=_QUALITY, optimize=True)
        return Photo(JPEG, out.getvalue())
    image.save(out, "PNG", optimize=True)
    return Photo(PNG, out.getvalue())


def with_small_picture(item: Contact) -> Contact:
    """The contact with a copy of 200 pixels in the place of a larger picture."""
    photo = None if item.photo is None else small(item.photo, Square.CARD)
    return item if photo is item.photo else msgspec.structs.replace(item, photo=photo)
