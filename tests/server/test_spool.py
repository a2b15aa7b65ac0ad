"""Bytes are read while they are written, whole or with the reason why not; and nobody writes for nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from passerelle.server.spool import CHUNK, IN_MEMORY, Spool, Unwanted, in_chunks


def drained(spool: Spool) -> bytes:
    found = b""
    while part := spool.read(len(found)):
        found += part
    return found


@pytest.mark.parametrize("size", [0, 1, CHUNK, IN_MEMORY + 5])
def test_a_reader_gets_what_a_writer_writes_meanwhile(size: int) -> None:
    spool, content = Spool(), bytes(number % 251 for number in range(size))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(drained, spool)
        for start in range(0, size, 50_000):
            spool.write(content[start : start + 50_000])
        spool.end()
        assert reading.result(15) == content
    assert (spool.size, spool.is_whole) == (size, True)
    spool.close()


def test_what_stops_the_writer_reaches_the_reader_after_the_bytes_before() -> None:
    spool = Spool()
    spool.write(b"half")
    spool.fail(OSError("a disk fault"))
    assert not spool.is_whole
    assert spool.read(0) == b"half"
    with pytest.raises(OSError, match="a disk fault"):
        spool.read(4)
    spool.close()


def test_nothing_more_is_written_for_a_reader_who_went(recwarn: pytest.WarningsRecorder) -> None:
    spool = Spool()
    spool.write(b"x" * (IN_MEMORY + 1))
    spool.close()
    with pytest.raises(Unwanted):
        spool.write(b"y")
    spool.end()
    assert list(recwarn) == []


def test_small_parts_are_joined_and_none_is_lost() -> None:
    parts = [b"abc"] * CHUNK
    found = list(in_chunks(parts))
    assert b"".join(found) == b"".join(parts)
    assert len(found) == 3
