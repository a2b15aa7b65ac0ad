"""Frames a multistatus answer and gathers its pieces into chunks worth sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from passerelle import __version__
from passerelle.wire.oxxml import answers

CHUNK_BYTES = 64 * 1024
BUILD = "Passerelle"


def document(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A whole answer around its responses, in chunks of about 64 KiB."""
    waiting = [answers.opening(__version__, BUILD)]
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    waiting.append(answers.CLOSE)
    yield b"".join(waiting)
