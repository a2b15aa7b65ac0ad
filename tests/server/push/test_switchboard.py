"""Registrations over UDP: who is known is told, for an hour; strangers and noise get nothing (OX reference, 18)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.news import EVERYTHING, Event, EventKind
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, Stamp, UserId
from passerelle.server.push.audience import Guest
from passerelle.server.push.registry import LIFETIME_S, Address
from passerelle.server.push.switchboard import COMPLAINT_S, Switchboard
from passerelle.wire.oxpush import OK, Registration, write_registration
from tests.server.push.clock import Clock

ANNA, BEN, NOBODY = UserId(2), UserId(3), UserId(99)
HERE: Address = ("127.0.0.1", 50000)
THERE: Address = ("127.0.0.1", 50001)
DELAY_S = 10.0


class Door:
    """A hub that tells what the test wants."""

    def __init__(self) -> None:
        self.guests: dict[UserId, Guest] = {}

    def join(self, guest: Guest) -> None:
        assert guest.user not in self.guests
        self.guests[guest.user] = guest

    def leave(self, guest: Guest) -> None:
        assert self.guests.pop(guest.user) is guest

    def tell(self, user: UserId, events: Sequence[Event]) -> None:
        if user in self.guests:
            self.guests[user].listener.told(Stamp(1), events)


def changed(*folders: int) -> list[Event]:
    return [Event(EventKind.ITEMS, FolderId(folder), Module.CALENDAR) for folder in folders]


def registration(user: UserId, context: int = 1) -> bytes:
    return write_registration(Registration(user, context))


def board_of(door: Door, clock: Clock) -> Switchboard:
    return Switchboard({ANNA, BEN}.__contains__, door, DELAY_S, clock=clock, wake=lambda: None)


def register(board: Switchboard, door: Door, user: UserId, address: Address) -> None:
    """Register a user, who is answered once the hub has let the user in."""
    if board.received(registration(user), address) is None:
        door.tell(user, [])
        assert board.due() == [(OK, address)]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def board(door: Door, clock: Clock) -> Switchboard:
    return board_of(door, clock)


def test_a_registered_client_is_told_of_its_folders_after_the_delay(
    board: Switchboard, door: Door, clock: Clock
) -> None:
    register(board, door, ANNA, HERE)
    door.tell(ANNA, changed(31, 32))
    assert board.due() == []
    clock.now += DELAY_S
    assert board.due() == [(b"31\x01", HERE), (b"32\x01", HERE)]
    assert board.due() == []


def test_a_newcomer_is_answered_once_the_hub_listens_so_that_nothing_is_missed_from_then_on(
    board: Switchboard, door: Door
) -> None:
    assert [board.received(registration(ANNA), address) for address in (HERE, THERE)] == [None, None]
    assert board.due() == []
    door.tell(ANNA, [])
    assert board.received(registration(ANNA), THERE) == OK
    assert board.due() == []
    board.received(registration(BEN), HERE)
    door.tell(BEN, [])
    assert board.due() == [(OK, HERE)]
    assert board.due() == []


def test_who_is_sent_away_before_the_hub_has_listened_gets_no_answer(board: Switchboard, door: Door) -> None:
    board.received(registration(ANNA), HERE)
    guest = door.guests[ANNA]
    guest.listener.ended()
    guest.listener.told(Stamp(1), [])
    assert board.due() == []
    assert board.next_moment() is None


def test_a_second_client_of_a_user_takes_the_place_of_the_first(board: Switchboard, door: Door, clock: Clock) -> None:
    register(board, door, ANNA, HERE)
    register(board, door, ANNA, THERE)
    register(board, door, BEN, HERE)
    door.tell(ANNA, changed(31))
    clock.now += DELAY_S
    assert board.due() == [(b"31\x01", THERE)]


def test_a_registration_ends_after_an_hour(board: Switchboard, door: Door, clock: Clock) -> None:
    register(board, door, ANNA, HERE)
    clock.now += LIFETIME_S - 1
    door.tell(ANNA, changed(31))
    clock.now += 1
    assert board.due() == []
    assert door.guests == {}
    clock.now += DELAY_S
    assert board.due() == []
    assert board.next_moment() is None


def test_a_registration_that_is_repeated_lasts_an_hour_from_then_on(
    board: Switchboard, door: Door, clock: Clock
) -> None:
    register(board, door, ANNA, HERE)
    clock.now += LIFETIME_S - 1
    register(board, door, ANNA, HERE)
    clock.now += LIFETIME_S - DELAY_S - 1
    door.tell(ANNA, changed(31))
    clock.now += DELAY_S
    assert board.due() == [(b"31\x01", HERE)]


def test_whose_account_is_removed_is_told_nothing_more(board: Switchboard, door: Door, clock: Clock) -> None:
    register(board, door, ANNA, HERE)
    door.tell(ANNA, changed(31))
    door.guests[ANNA].listener.ended()
    clock.now += DELAY_S
    assert board.due() == []


@pytest.mark.parametrize(
    "datagram", [registration(NOBODY), registration(ANNA, context=2), b"", b"OK\x01", registration(ANNA)[:-1], b"\x00"]
)
def test_strangers_and_noise_get_no_answer_and_nobody_joins(board: Switchboard, door: Door, datagram: bytes) -> None:
    assert board.received(datagram, HERE) is None
    assert door.guests == {}
    assert board.next_moment() is None


def test_what_is_dropped_is_logged_but_cannot_fill_the_log(board: Switchboard, clock: Clock) -> None:
    with structlog.testing.capture_logs() as logs:
        for _ in range(100):
            board.received(b"noise", HERE)
        clock.now += COMPLAINT_S
        board.received(b"noise", HERE)
    assert [entry["count"] for entry in logs] == [1, 100]


def test_what_names_no_folder_is_not_sent(board: Switchboard, door: Door) -> None:
    register(board, door, ANNA, HERE)
    door.tell(ANNA, [EVERYTHING])
    assert board.next_moment() == 1000 + LIFETIME_S


DATAGRAMS = st.one_of(
    st.binary(max_size=600),
    st.builds(registration, st.sampled_from([ANNA, BEN, NOBODY]), st.integers(0, 2)),
    st.builds(
        lambda whole, at, byte: whole[:at] + byte + whole[at + 1 :],
        st.builds(registration, st.sampled_from([ANNA, NOBODY])),
        st.integers(0, 15),
        st.binary(max_size=3),
    ),
)


@given(st.lists(st.tuples(DATAGRAMS, st.sampled_from([HERE, THERE])), max_size=30))
def test_hostile_datagrams_are_never_answered_with_more_than_came(traffic: list[tuple[bytes, Address]]) -> None:
    clock, door = Clock(), Door()
    board = board_of(door, clock)
    for datagram, address in traffic:
        answer = board.received(datagram, address)
        assert answer is None or (answer == OK and len(answer) < len(datagram))
    assert door.guests.keys() <= {ANNA, BEN}
    for user in (ANNA, BEN, NOBODY):
        door.tell(user, changed(31))
    clock.now += DELAY_S
    due = board.due()
    assert all(len(answer) < len(registration(ANNA)) for answer, _ in due)
    assert sum(answer == OK for answer, _ in due) <= len(traffic)
    assert sum(answer != OK for answer, _ in due) == len(door.guests)
