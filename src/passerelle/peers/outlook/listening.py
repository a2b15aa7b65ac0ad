"""How Windows lets a thread hear Outlook's events: connection points, and the thread's message queue."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol, final

from msgspec import Struct

from passerelle.model.errors import Misconfigured
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.hearing import Connect, Sink


class Interface(Struct, frozen=True):
    """What a class of Outlook's calls its events: the interface's id, and the number of each."""

    id: str
    events: Mapping[str, int]


INTERFACES: Final[Mapping[str, Interface]] = {
    "Application": Interface("{0006302C-0000-0000-C000-000000000046}", {"ItemSend": 0xF002, "Quit": 0xF007}),
    "Items": Interface(
        "{00063077-0000-0000-C000-000000000046}", {"ItemAdd": 0xF001, "ItemChange": 0xF002, "ItemRemove": 0xF003}
    ),
    "Folders": Interface("{00063076-0000-0000-C000-000000000046}", {"FolderAdd": 0xF001, "FolderRemove": 0xF003}),
    "Folder": Interface("{000630F7-0000-0000-C000-000000000046}", {"BeforeItemMove": 0xFBA9}),
}
"""``ApplicationEvents_11``, ``ItemsEvents``, ``FoldersEvents``, ``MAPIFolderEvents_12`` of Outlook's type library."""


class Pump(Protocol):
    """A thread's message queue: events are delivered while the thread that made it waits here."""

    def wait(self, seconds: float) -> None:
        """Deliver events until so much time has passed, or somebody wakes it."""

    def wake(self) -> None:
        """End the waiting; for any thread."""


class Ears(Struct, frozen=True):
    """What it takes to listen: how to connect to an object, and how to make the pump of a thread."""

    connect: Connect
    pump: Callable[[], Pump]


if sys.platform == "win32":
    import pythoncom
    import pywintypes
    import win32event
    from win32com.server.policy import EventHandlerPolicy
    from win32com.server.util import wrap

    class _Receiver:
        """A sink in the shape that pywin32's policy for event handlers asks for."""

        _public_methods_: Final = ()

        def __init__(self, sink: Sink) -> None:
            interface = INTERFACES[sink.source]
            self._interface = pywintypes.IID(interface.id)
            self._dispid_to_func_ = {number: f"On{name}" for name, number in interface.events.items()}
            for name in self._dispid_to_func_.values():
                setattr(self, name, _answering(getattr(sink, name, _nothing)))

        def _query_interface_(self, interface: object) -> object:
            return wrap(self, usePolicy=EventHandlerPolicy) if interface == self._interface else None

    def _answering(handler: Callable[..., bool | None]) -> Callable[..., tuple[bool, bool] | None]:
        """A handler that returns whether to cancel what is told of, in the two places where pywin32 may look for it.

        It takes the first value for the result, where COM's proxy asks for one, and else for what comes back.
        """

        def handle(*arguments: object) -> tuple[bool, bool] | None:
            return (True, True) if handler(*arguments) else None

        return handle

    def _nothing(*_arguments: object) -> None:
        """Outlook tells of more than the sink wants to know."""

    @final
    class _Connection:
        """Keeps the source, the sink, and what lies between them."""

        def __init__(self, source: Any, sink: Sink) -> None:  # noqa: ANN401 - an object of pywin32's
            self._source = source
            receiver = _Receiver(sink)
            container = source._oleobj_.QueryInterface(pythoncom.IID_IConnectionPointContainer)
            self._point = container.FindConnectionPoint(pywintypes.IID(INTERFACES[sink.source].id))
            self._cookie = self._point.Advise(wrap(receiver, usePolicy=EventHandlerPolicy))

        def close(self) -> None:
            """Listen no longer; an Outlook that has ended tells nothing, either."""
            with suppress(ComError):
                self._point.Unadvise(self._cookie)
            self._source = self._point = None

    @final
    class _Pump:
        def __init__(self) -> None:
            by_hand = signalled = False
            self._woken = win32event.CreateEvent(None, by_hand, signalled, None)

        def wait(self, seconds: float) -> None:
            """Sleep until there is a message."""
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                wait_ms = int(left * 1000) + 1
                for_all = False
                reason = win32event.MsgWaitForMultipleObjects([self._woken], for_all, wait_ms, win32event.QS_ALLINPUT)
                pythoncom.PumpWaitingMessages()
                if reason == win32event.WAIT_OBJECT_0:
                    return

        def wake(self) -> None:
            """End the waiting."""
            win32event.SetEvent(self._woken)

    def system_ears() -> Ears:
        """How to listen on Windows."""
        return Ears(_Connection, _Pump)

else:

    def system_ears() -> Ears:
        """How to listen on this machine.

        Raises:
            Misconfigured: this is no Windows.
        """
        raise Misconfigured("Outlook is kept in step where it runs: on Windows.")
