"""The session's bus (D-Bus), as far as we use it. jeepney speaks it; its types end here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self, final

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from msgspec import Struct

PATIENCE_S: Final = 5.0
DBUS: Final = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_NOT_QUEUED, _OWNED = 4, 1
_TROUBLES: Final = (OSError, KeyError, RuntimeError, ValueError)
"""What jeepney raises where there is no bus, it breaks off, or an address in the environment means nothing."""

Value = tuple[str, Any]
"""A signature, and a value of that type: what D-Bus calls a variant."""


class NoBus(Exception):
    """There is no session bus, it ended, or nobody there answers."""


class Call(Struct, frozen=True):
    """A method that somebody on the bus calls, of an object of ours."""

    path: str
    interface: str
    method: str
    arguments: Sequence[Any]


class UnknownCall(Exception):
    """Our object has no such method."""


@final
class Bus:
    """A connection. Signals may be sent by any thread; all else is for one."""

    def __init__(self) -> None:
        """Connect. Raises NoBus."""
        self._sending = threading.Lock()
        self._is_over = False
        try:
            self._line: DBusConnection = open_dbus_connection("SESSION", auth_timeout=PATIENCE_S)
        except _TROUBLES as error:
            raise NoBus from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    @property
    def name(self) -> str:
        """What we are called on the bus."""
        return str(self._line.unique_name)

    def call(self, address: DBusAddress, method: str, signature: str = "", *arguments: object) -> Sequence[Any]:
        """Call somebody's method and wait for the answer. Raises NoBus: there is none."""
        message = new_method_call(address, method, signature or None, arguments)
        try:
            answer = self._line.send_and_get_reply(message, timeout=PATIENCE_S)
        except _TROUBLES as error:
            raise NoBus from error
        if answer.header.message_type is MessageType.error:
            raise NoBus(answer.header.fields.get(HeaderFields.error_name))
        return tuple(answer.body)

    def takes(self, name: str) -> bool:
        """Be found by a name as well, as long as this lasts; False if somebody else is. Raises NoBus."""
        return bool(self.call(DBUS, "RequestName", "su", name, _NOT_QUEUED)[0] == _OWNED)

    def tell(self, address: DBusAddress, method: str, signature: str, *arguments: object) -> None:
        """Call somebody's method and do not wait; :meth:`serve` leaves the answer alone."""
        self._send(new_method_call(address, method, signature, arguments))

    def emit(self, path: str, interface: str, signal: str, signature: str = "", *arguments: object) -> None:
        """Send a signal of an object of ours."""
        self._send(new_signal(DBusAddress(path, interface=interface), signal, signature or None, arguments))

    def serve(
        self, answer: Callable[[Call], tuple[str, tuple[object, ...]]], hear: Callable[[str, Sequence[Any]], None]
    ) -> None:
        """Answer calls, and hear signals by their names, until one of the two says :meth:`stop`.

        ``answer`` returns a signature and values, or raises :class:`UnknownCall`.

        Raises:
            NoBus: the bus ended, as it does at logout.
        """
        while not self._is_over:
            try:
                message = self._line.receive()
            except _TROUBLES as error:
                raise NoBus from error
            fields: Mapping[HeaderFields, Any] = message.header.fields
            if message.header.message_type is MessageType.signal:
                hear(str(fields[HeaderFields.member]), message.body)
            elif message.header.message_type is MessageType.method_call:
                self._reply(message, answer)

    def stop(self) -> None:
        """Serve no longer, once the present call is answered."""
        self._is_over = True

    def _reply(self, message: Message, answer: Callable[[Call], tuple[str, tuple[object, ...]]]) -> None:
        fields = message.header.fields
        call = Call(
            fields[HeaderFields.path],
            fields.get(HeaderFields.interface, ""),
            fields[HeaderFields.member],
            message.body,
        )
        try:
            signature, values = answer(call)
            reply = new_method_return(message, signature or None, values)
        except UnknownCall:
            reply = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        if not message.header.flags & MessageFlag.no_reply_expected:
            self._send(reply)

    def _send(self, message: Message) -> None:
        try:
            with self._sending:
                self._line.send(message)
        except _TROUBLES as error:
            raise NoBus from error
