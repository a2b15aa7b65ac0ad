"""One run of Outlook, from its start to its end: which calls get through, who listens, which items are open."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakSet, ref

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError
from tests.outlook_double import failures
from tests.outlook_double.com import ComObject
from tests.outlook_double.records import FolderRecord, Record, StoreRecord

if TYPE_CHECKING:
    from tests.outlook_double.machine import Machine

Target = tuple[str, object]
"""What an event is about: the class of the object that tells it, and the record behind that object."""


def long_id(entry_id: str) -> str:
    """The long-term id that an id of either kind stands for."""
    return f"00000000{entry_id[8:]}" if entry_id.startswith("EF000000") else entry_id


def short_id(entry_id: str) -> str:
    """The id that tables of an Exchange store have in their column EntryID."""
    return f"EF000000{entry_id[8:]}"


class Session:
    """A running Outlook. ``alive`` until it ends; afterwards none of its objects answers.

    ``folder`` and ``item`` make the objects of records, for modules that must not know how.
    """

    application: objects.Application
    namespace: objects.NameSpace
    folder: Callable[[FolderRecord], objects.Folder]
    item: Callable[[Record], objects.Item]

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.alive = True
        self.windows: list[ComObject] = []
        """The items that the user has open: others get the same object, with what is not saved yet."""
        self._quiet = 0
        self._listeners: dict[Target, list[tuple[ref[ComObject], ref[object]]]] = defaultdict(list)
        self._open: dict[str, WeakSet[ComObject]] = defaultdict(WeakSet)

    def enter(self, member: str) -> None:
        """Begin a call of a member, as ``AppointmentItem.Save``. Raises ComError where it does not get through."""
        if not self.alive:
            raise failures.com_error(ComCode.SERVER_GONE, "The RPC server is unavailable.")
        if not self._quiet:
            self.machine.enter(member)

    def leave(self, member: str) -> None:
        """End a call that did its work. Raises ComError if Outlook ended before it could answer."""
        if not self._quiet:
            self.machine.leave(member)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let Outlook itself, or its user, use its objects: that counts nothing and is not refused."""
        with self.machine.turn:
            self._quiet += 1
            try:
                yield
            finally:
                self._quiet -= 1

    @property
    def is_quiet(self) -> bool:
        """Whether it is Outlook itself that acts."""
        return self._quiet > 0

    def find_record(self, entry_id: str) -> Record | None:
        """The item of a long-term or a short-term id."""
        return self.machine.profile.find_record(long_id(entry_id))

    def opened(self, store: StoreRecord, item: ComObject) -> None:
        """Count an open item. Raises ComError if its store has too many of them already (section 6)."""
        limit = self.machine.habits.open_items_limit
        if self._quiet:
            return
        if limit is not None and len(self._open[store.store_id]) >= limit:
            gc.collect()
            if len(self._open[store.store_id]) >= limit:
                text = "Your server administrator has limited the number of items you can open simultaneously."
                raise failures.outlook_error(ComCode.FAILED, text)
        self._open[store.store_id].add(item)

    def open_items(self) -> int:
        """How many items are open."""
        return sum(map(len, self._open.values()))

    def listen(self, target: Target, source: ComObject, listener: object) -> None:
        """Tell a listener what happens, while somebody keeps it and the object that it listens to (section 1)."""
        self._listeners[target].append((ref(source), ref(listener)))

    def listeners(self, target: Target, event: str) -> list[Callable[..., object]]:
        """Who wants to hear of an event."""
        alive = [pair for pair in self._listeners.get(target, ()) if pair[0]() is not None and pair[1]() is not None]
        self._listeners[target] = alive
        handlers = [getattr(listener(), f"On{event}", None) for _, listener in alive]
        return [handler for handler in handlers if handler is not None]

    def tell(self, target: Target, event: str, make: Callable[[], tuple[object, ...]], after: timedelta) -> None:
        """Put an event into the message queue; ``make`` gets its arguments when it is delivered."""
        habits = self.machine.habits
        for _ in range(habits.event_copies if self.listeners(target, event) else 0):
            self.machine.post(after + habits.event_delay, lambda: self._deliver(target, event, make))

    def _deliver(self, target: Target, event: str, make: Callable[[], tuple[object, ...]]) -> None:
        if not self.alive:
            return
        for handler in self.listeners(target, event):
            try:
                arguments = make()
            except ComError:
                return  # what it was about is gone meanwhile
            handler(*arguments)

    def ask(self, target: Target, event: str, *arguments: object) -> bool:
        """Ask the listeners of an event that can be cancelled, and wait. Whether none of them cancels."""
        quiet, self._quiet = self._quiet, 0
        try:
            answers = [handler(*arguments, False) for handler in self.listeners(target, event)]
        finally:
            self._quiet = quiet
        return not any(answers)
