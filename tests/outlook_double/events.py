"""How to listen: the double's ``win32com.client.WithEvents``, and what the connector uses in its place."""

from __future__ import annotations

from threading import Event
from typing import TypeVar

from passerelle.peers.outlook.hearing import Sink
from passerelle.peers.outlook.listening import INTERFACES, Ears
from tests.outlook_double.application import Application
from tests.outlook_double.com import ComObject
from tests.outlook_double.folders import Folder, Folders
from tests.outlook_double.itemscollection import Items
from tests.outlook_double.machine import Machine
from tests.outlook_double.session import Target
from tests.outlook_double.stores import Stores

T = TypeVar("T")


def with_events(source: object, handlers: type[T]) -> T:
    """Make an object of a class whose methods are called ``OnItemAdd`` and so on, and let it listen.

    Both it and the source must be kept, or it hears nothing any more (section 1).
    """
    assert isinstance(source, ComObject)
    listener = handlers()
    source._session.listen(_target(source), source, listener)
    return listener


class Connected:
    """A connection: it keeps what is listened to, and who listens."""

    def __init__(self, source: object, sink: Sink) -> None:
        assert isinstance(source, ComObject)
        assert {name for name in dir(sink) if name.startswith("On")} <= {
            f"On{event}" for event in INTERFACES[sink.source].events
        }
        assert type(source).__name__ == sink.source
        source._session.listen(_target(source), source, sink)
        self._kept: tuple[object, ...] = (source, sink)

    def close(self) -> None:
        """Listen no longer."""
        self._kept = ()


class WaitingPump:
    """A thread's message queue: what is due is delivered as soon as it is there."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._woken = Event()
        machine.pumps.append(self.wake)

    def wait(self, seconds: float) -> None:
        """Deliver events until somebody wakes it, or something was delivered."""
        self._woken.wait(seconds)
        self._woken.clear()
        self._machine.pump()

    def wake(self) -> None:
        """End the waiting."""
        self._woken.set()


def ears(machine: Machine) -> Ears:
    """How to listen to the Outlook of a machine in a thread of one's own."""
    return Ears(Connected, lambda: WaitingPump(machine))


def _target(source: ComObject) -> Target:
    match source:
        case Items():
            return ("Items", source._folder)
        case Folder():
            return ("Folder", source._folder)
        case Folders():
            return ("Folders", source._below)
        case Application() | Stores():
            return (type(source).__name__, None)
        case _:
            raise TypeError(f"{type(source).__name__} has no events")
