"""The icon on Windows and macOS, by pystray. It has been tried on neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, final

import pystray

from passerelle.desktop.tray.icons import SIZES, icon
from passerelle.desktop.tray.look import Fleet, Look, look_of, summary
from passerelle.desktop.tray.menu import Entry, Order, Verb
from passerelle.model.text import Text


@final
class PystrayIcon:
    """One icon. Made and run by the main thread; :meth:`show` may be called by any."""

    def __init__(self, say: Callable[[Text], str], clicked: Callable[[Order], None]) -> None:
        self._say = say
        self._clicked = clicked
        self._entries: Sequence[Entry] = ()
        menu = pystray.Menu(lambda: self._items(self._entries))
        self._icon = pystray.Icon("passerelle", icon(Look.OFFLINE, SIZES[-1]), "Passerelle", menu)

    def run(self) -> None:
        """Be an icon until the user removes it."""
        self._icon.run()

    def show(self, fleet: Fleet, entries: Sequence[Entry]) -> None:
        """Show how accounts fare."""
        now = datetime.now(UTC)
        self._entries = entries
        self._icon.icon = icon(look_of(fleet, now), SIZES[-1])
        self._icon.title = f"Passerelle: {self._say(summary(fleet, now))}"
        self._icon.update_menu()

    def _items(self, entries: Sequence[Entry]) -> Iterator[Any]:
        for entry in entries:
            if entry.entries:
                yield pystray.MenuItem(self._say(entry.text), pystray.Menu(*self._items(entry.entries)))
            elif entry.text:
                yield pystray.MenuItem(
                    self._say(entry.text), self._action(entry.order), enabled=entry.order is not None
                )
            else:
                yield pystray.Menu.SEPARATOR

    def _action(self, order: Order | None) -> Callable[[Any, Any], None]:
        def act(_icon: object, _item: object) -> None:
            if order is None:
                return
            if order.verb is Verb.QUIT:
                self._icon.stop()
            else:
                self._clicked(order)

        return act
