"""Notices that this machine joins a network: the kernel tells it (rtnetlink(7)), on Linux.

Elsewhere nothing tells; the pauses between tries, of minutes at most, have to do.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Hashable, Iterator
from typing import Final, final

from msgspec import Struct

QUIET_S: Final = 0.5
"""A change is over when nothing was told for so long: an interface that comes up tells of a dozen things."""
LONGEST_BURST_S: Final = 5.0
"""A network that never comes to rest is believed after this time all the same."""
_LARGEST: Final = 65536

_GROUPS: Final = 0x10 | 0x40 | 0x100 | 0x400
"""RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE (linux/rtnetlink.h)."""
_HEADER: Final = struct.Struct("=IHHII")
"""nlmsghdr: length, type, flags, sequence, port."""
_ADDRESS: Final = struct.Struct("=BBBBI")
"""ifaddrmsg: family, prefix length, flags, scope, interface."""
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
"""rtmsg: family, length of destination and source, tos, table, protocol, scope, type, flags."""
_ATTRIBUTE: Final = struct.Struct("=HH")
"""rtattr: length, type."""
_NEW_ADDRESS, _GONE_ADDRESS, _NEW_ROUTE, _GONE_ROUTE = 20, 21, 24, 25
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_GATEWAY = 1, 4, 5
_TENTATIVE: Final = 0x40
"""An IPv6 address of which it is not known yet whether somebody else has it cannot be used."""
_UNIVERSE: Final = 0
"""The scope of addresses by which other networks are reached."""
_UNICAST: Final = 1


class Told(Struct, frozen=True):
    """One thing that the kernel tells of: an address or a route that ``is_there`` from now on, or no longer."""

    thing: Hashable
    is_there: bool


def told(datagram: bytes) -> Iterator[Told]:
    """What a datagram of the kernel tells of addresses and routes to other networks. Damaged ones tell of nothing."""
    for kind, body in _parts(datagram, _HEADER):
        if kind in {_NEW_ADDRESS, _GONE_ADDRESS} and len(body) >= _ADDRESS.size:
            family, prefix, flags, scope, interface = _ADDRESS.unpack_from(body)
            if scope == _UNIVERSE and not flags & _TENTATIVE:
                found = _attributes(body[_ADDRESS.size :], _IFA_ADDRESS, _IFA_LOCAL)
                yield Told(("address", family, prefix, interface, found), kind == _NEW_ADDRESS)
        elif kind in {_NEW_ROUTE, _GONE_ROUTE} and len(body) >= _ROUTE.size:
            family, length, _, _, table, _, _, use, _ = _ROUTE.unpack_from(body)
            if use == _UNICAST:
                found = _attributes(body[_ROUTE.size :], _RTA_DST, _RTA_OIF, _RTA_GATEWAY)
                yield Told(("route", family, length, table, found), kind == _NEW_ROUTE)


def _attributes(text: bytes, *kinds: int) -> tuple[bytes | None, ...]:
    found = dict(_parts(text, _ATTRIBUTE))
    return tuple(found.get(kind) for kind in kinds)


def _parts(text: bytes, header: struct.Struct) -> Iterator[tuple[int, bytes]]:
    """The type and the body of each part; each begins with its length and its type, at a multiple of four bytes."""
    offset = 0
    while offset + header.size <= len(text):
        length, kind, *_ = header.unpack_from(text, offset)
        if length < header.size:
            return
        yield kind, text[offset + header.size : offset + length]
        offset += (length + 3) & ~3


@final
class Burst:
    """Makes one change of many news. Times are seconds that only rise."""

    def __init__(self) -> None:
        self._known: set[Hashable] = set()
        self._first_at = self._latest_at = 0.0
        self._is_open = False

    def take(self, news: Told, now: float) -> None:
        """Take something in. What was known is no news: routers renew addresses every few minutes, or seconds."""
        if not news.is_there:
            self._known.discard(news.thing)
        elif news.thing not in self._known:
            self._known.add(news.thing)
            self.stir(now)

    def stir(self, now: float) -> None:
        """Take in that something has come."""
        self._first_at = self._first_at if self._is_open else now
        self._latest_at, self._is_open = now, True

    def is_over(self, now: float) -> bool:
        """Whether a change has come to rest; once for each."""
        is_over = self._is_open and (now - self._latest_at >= QUIET_S or now - self._first_at >= LONGEST_BURST_S)
        self._is_open = self._is_open and not is_over
        return is_over


@final
class NetworkNews:
    """What the kernel tells from when this is made."""

    def __init__(self) -> None:
        self._burst = Burst()
        self._socket = _subscribed()

    def has_joined(self, now: float) -> bool:
        """Whether this machine has joined a network since the last call. Costs a microsecond."""
        if self._socket is None:
            return False
        while (datagram := self._read(self._socket, now)) is not None:
            for one in told(datagram):
                self._burst.take(one, now)
        return self._burst.is_over(now)

    def close(self) -> None:
        """Hear nothing any more."""
        if self._socket is not None:
            self._socket.close()

    def _read(self, line: socket.socket, now: float) -> bytes | None:
        try:
            return line.recv(_LARGEST)
        except BlockingIOError:
            return None
        except OSError:  # ENOBUFS: so much happened that some of it was lost
            self._burst.stir(now)
            return None


def _subscribed() -> socket.socket | None:
    """A socket that the kernel tells; None where it does not, or a sandbox forbids it."""
    if sys.platform != "linux":
        return None
    try:
        line = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    except OSError:
        return None
    try:
        line.bind((0, _GROUPS))
    except OSError:
        line.close()
        return None
    return line
