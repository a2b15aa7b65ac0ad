"""Datagrams of UDP push: those of the reference are read, whatever else comes is refused (OX reference, section 18)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.model.ids import FolderId, UserId
from passerelle.wire.oxpush import OK, Registration, read_registration, write_event, write_registration

BYTES = bytes.fromhex("313333370135013101330131")
"""User 3, context 1, as the reference spells it."""


def test_the_reference_s_example_is_read() -> None:
    assert read_registration(BYTES) == Registration(UserId(3), 1)


@pytest.mark.parametrize(
    "datagram",
    [
        b"1337\x016\x011\x013\x011\x01",
        b"1337\x015\x011\x013\x011\x01",
        b"1337\x015\x011\x013\x011\x01\x01",
        b"1337\x0105\x011\x013\x011",
    ],
)
def test_separators_at_the_end_are_tolerated(datagram: bytes) -> None:
    assert read_registration(datagram) == Registration(UserId(3), 1)


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"1337",
        b"1337\x01",
        b"1337\x015",
        b"1337\x015\x01",
        b"1337\x015\x011\x013",
        b"1338\x015\x011\x013\x011",
        b"1337\x016\x011\x013\x011",
        b"1337\x014\x011\x013\x011",
        b"1337\x01-5\x011\x013\x011",
        b"1337\x015.\x011\x013\x011",
        b"1337\x01\xb2\x011\x013\x011",
        b"1337\x015\x012\x013\x011",
        b"1337\x015\x011\x01x\x011",
        b"1337\x016\x011\x01-3\x011",
        b"1337\x017\x011\x013\x011\x011",
        b"1337\x013\x011\x013",
        b"1337\x0199999999999999999999\x011\x013\x011",
        b"1337\x0130\x011\x01" + b"9" * 26 + b"\x011",
        b"1337\x015\x011\x013\x011" + b"\x01" * 600,
    ],
)
def test_what_is_no_registration_is_refused(datagram: bytes) -> None:
    with pytest.raises(Unreadable):
        read_registration(datagram)


@given(st.binary(max_size=600))
def test_any_datagram_is_read_or_refused(datagram: bytes) -> None:
    with suppress(Unreadable):
        assert read_registration(datagram).user >= 0


@given(st.lists(st.sampled_from([b"1337", b"1", b"2", b"5", b"31", b"\x01", b"\x01\x01", b"-", b"\xff"]), max_size=9))
def test_any_datagram_that_is_nearly_right_is_read_or_refused(pieces: list[bytes]) -> None:
    with suppress(Unreadable):
        assert read_registration(b"".join(pieces)).user >= 0


@given(st.integers(0, 10**17), st.integers(0, 10**9))
def test_what_is_written_is_read_again(user: int, context: int) -> None:
    registration = Registration(UserId(user), context)
    assert read_registration(write_registration(registration)) == registration


def test_answers_and_events_are_those_of_the_reference() -> None:
    assert OK == b"OK\x01"
    assert write_event(FolderId(31)) == b"31\x01"
