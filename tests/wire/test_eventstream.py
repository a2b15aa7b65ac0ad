"""Reading streams of events (WHATWG HTML, section 9.2.6)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.peers.base import Heard, RemoteId
from passerelle.peers.ox_webdav.push.events import heard
from passerelle.wire.eventstream import EventStreamReader, Message, message, retry, sign_of_life

STREAM = (
    retry(3000)
    + message(b'{"kind":"items","folder":31,"module":"calendar"}')
    + message(b'{"kind":"items","folder":32,"module":"task"}', 17)
    + sign_of_life(18)
)


def read(*pieces: bytes) -> list[Message]:
    reader = EventStreamReader()
    return [one for piece in pieces for one in reader.feed(piece)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=6), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_a_stream_reads_the_same_however_it_is_cut_and_whatever_ends_its_lines(cuts: list[int], end: bytes) -> None:
    stream = STREAM.replace(b"\n", end) + end
    edges = [0, *sorted(cuts), len(stream)]
    pieces = [stream[start:stop] for start, stop in pairwise(edges)]
    assert [one for one in read(*pieces) if one.content] == [
        Message(b'{"kind":"items","folder":31,"module":"calendar"}', ""),
        Message(b'{"kind":"items","folder":32,"module":"task"}', "17"),
    ]


def test_events_that_belong_together_are_as_far_as_the_last_of_them() -> None:
    assert heard(read(STREAM)[1:3]) == [
        Heard(folder=RemoteId("31"), position="17"),
        Heard(folder=RemoteId("32"), position="17"),
    ]


def test_what_is_not_understood_means_that_something_happened() -> None:
    assert heard([Message(b"?", "5"), Message(b'{"kind":"everything"}', "6")]) == [Heard()]


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(b"data: " + b"x" * 100_000)
