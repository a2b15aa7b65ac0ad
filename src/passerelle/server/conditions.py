"""Whether a client has something already (RFC 9110, section 13), and the coding in which it takes it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from passerelle.model.ids import Stamp


def takes_gzip(accepted: str) -> bool:
    """Whether a client names gzip, and not to refuse it (RFC 9110, section 12.5.3)."""
    for one in accepted.lower().split(","):
        name, _, weight = one.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def compressed(parts: Iterable[bytes], level: int = zlib.Z_DEFAULT_COMPRESSION) -> Iterator[bytes]:
    """The same as gzip (RFC 1952), without a time in its head: what is equal is equal bytes."""
    packer = zlib.compressobj(level, wbits=zlib.MAX_WBITS | 16)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def tag(mark: str, *, is_gzip: bool) -> str:
    """A strong tag names the bytes, so the compressed form has one of its own."""
    return f'"{mark}-gzip"' if is_gzip else f'"{mark}"'


def changed_at(stamp: Stamp) -> datetime:
    """The first full second after the last change: whoever read then or later has seen it."""
    return datetime.fromtimestamp(stamp // 1000 + 1, UTC)


def is_same(tags: str, since: str, mark: str, changed: datetime) -> bool:
    """Whether a client that says ``If-None-Match`` or ``If-Modified-Since`` has it all.

    A tag decides alone where there is one (section 13.2.2).
    """
    if tags:
        given = {one.strip().removeprefix("W/") for one in tags.split(",")}
        return not given.isdisjoint({"*", *(tag(mark, is_gzip=gzip) for gzip in (False, True))})
    if not since:
        return False
    try:
        read = parsedate_to_datetime(since)
    except ValueError:  # section 13.1.3: no date is no condition
        return False
    return (read if read.tzinfo else read.replace(tzinfo=UTC)) >= changed
