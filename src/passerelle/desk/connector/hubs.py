"""Tells pages of changes in the replica whose items they show: each replica has a hub while pages show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import final

from passerelle.server.push.audience import Guest
from passerelle.server.push.hub import Hub
from passerelle.store import Store


@final
class Hubs:
    """A hub for each replica that is shown at some time. ``shown`` is the one at present."""

    def __init__(self, shown: Callable[[], Store]) -> None:
        self._shown = shown
        self._guard = Lock()
        self._hubs: dict[Store, tuple[Hub, ExitStack]] = {}
        self._places: dict[Guest, Hub] = {}

    def join(self, guest: Guest) -> None:
        """Have a listener told of the replica that is shown now."""
        store = self._shown()
        with self._guard:
            if store not in self._hubs:
                self._hubs[store] = _started(store)
            hub, _ = self._hubs[store]
            self._places[guest] = hub
        hub.join(guest)

    def leave(self, guest: Guest) -> None:
        """Tell a listener no more."""
        with self._guard:
            hub = self._places.pop(guest)
        hub.leave(guest)

    def forget(self, store: Store) -> None:
        """End what tells of a replica that is to be closed."""
        with self._guard:
            found = self._hubs.pop(store, None)
        if found is not None:
            found[1].close()

    def close(self) -> None:
        """End all listeners: the server stops."""
        with self._guard:
            hubs = [hub for hub, _ in self._hubs.values()]
        for hub in hubs:
            hub.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Tell listeners until the block ends."""
        try:
            yield
        finally:
            for store in tuple(self._hubs):
                self.forget(store)


def _started(store: Store) -> tuple[Hub, ExitStack]:
    hub, stack = Hub(store), ExitStack()
    stack.enter_context(hub.running())
    return hub, stack
