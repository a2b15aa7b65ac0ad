"""Files that come and go over HTTP in pieces: none is ever in memory as a whole."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import BinaryIO, Final, cast
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from passerelle.model.errors import Contradiction
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.server.limits import MAX_BODY_BYTES, body_pieces

_PIECE_BYTES: Final = 64 * 1024
_IN_MEMORY_BYTES: Final = 1024 * 1024


def download(attachment: Attachment, file: BinaryIO) -> Response:
    """A file as an answer, which closes it. Browsers keep it, and neither show nor run it under our address."""
    headers = {
        "Content-Type": attachment.media_type,
        "Content-Length": str(attachment.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(iterate_in_threadpool(_pieces(file)), headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


@asynccontextmanager
async def received(request: Request, limit: int) -> AsyncIterator[tuple[BinaryIO, int]]:
    """The whole body in a temporary file, and its size in bytes; a small one never reaches the disk.

    What is beyond the limit is read and thrown away, for a client that is still sending does not see the answer.

    Raises:
        Contradiction: there are more bytes than ``limit``.
        BodyTooLarge: there are more than any request may have.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        size = 0
        announced = request.headers.get("content-length")
        async for piece in body_pieces(request.receive, max(limit, MAX_BODY_BYTES), announced=announced):
            size += len(piece)
            if size <= limit:
                await run_in_threadpool(file.write, piece)
        if size > limit:
            raise Contradiction(
                Text(
                    "The file has {size} bytes. This server takes files of up to {limit} bytes.", size=size, limit=limit
                )
            )
        file.seek(0)
        yield cast("BinaryIO", file), size
