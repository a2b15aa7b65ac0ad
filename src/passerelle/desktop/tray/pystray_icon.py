"""The icon on Windows and macOS, by pystray. It is tried under Wine; on macOS it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from threading import Event
from typing import Any, final

import pystray

from passerelle.desktop.tray.fitting import BALLOON, BALLOON_TITLE, TIP, entry_label, fitted
from passerelle.desktop.tray.icons import SIZES, icon
from passerelle.desktop.tray.look import Fleet, Look, look_of, summary
from passerelle.desktop.tray.menu import Entry, Order, Verb
from passerelle.model.text import Text


@final
class PystrayIcon:
    """One icon. Made and run by the main thread; what else it does may be called by any other, and waits for it."""

    def __init__(self, say: Callable[[Text], str], clicked: Callable[[Order], None]) -> None:
        self._say = say
        self._clicked = clicked
        self._entries: Sequence[Entry] = ()
        self._is_there = Event()
        self._look = Look.OFFLINE
        menu = pystray.Menu(lambda: self._items(self._entries))
        self._icon = _kind()("passerelle", icon(self._look, SIZES[-1]), "Passerelle", menu)

    def run(self) -> None:
        """Be an icon until the user removes it."""
        self._icon.run(self._appear)

    def show(self, fleet: Fleet, entries: Sequence[Entry]) -> None:
        """Show how accounts fare."""
        self._is_there.wait()
        now = datetime.now(UTC)
        self._entries = entries
        if (look := look_of(fleet, now)) is not self._look:  # each change writes a file, and the panel draws it anew
            self._icon.icon = icon(look, SIZES[-1])
            self._look = look
        self._icon.title = fitted(f"Passerelle: {self._say(summary(fleet, now))}", TIP)
        self._icon.update_menu()

    def warn(self, title: str, text: Text) -> None:
        """Show a warning beside the icon, in the place of an earlier one."""
        self._is_there.wait()
        self._icon.notify(fitted(self._say(text), BALLOON), fitted(title, BALLOON_TITLE))

    def warn_no_more(self) -> None:
        """Take the warning away."""
        self._icon.remove_notification()

    def _appear(self, _icon: object) -> None:
        self._icon.visible = True
        self._is_there.set()

    def _items(self, entries: Sequence[Entry]) -> Iterator[Any]:
        for entry in entries:
            label = _label(self._say(entry.text))
            if entry.entries:
                yield pystray.MenuItem(label, pystray.Menu(*self._items(entry.entries)))
            elif entry.text:
                yield pystray.MenuItem(label, self._action(entry.order), enabled=entry.order is not None)
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


def _kind() -> Callable[..., Any]:
    """What pystray offers here, mended where we know that it has to be."""
    if sys.platform != "win32":
        return pystray.Icon  # type: ignore[no-any-return]  # pystray has no types
    from passerelle.desktop.tray.windows_icon import WindowsIcon  # noqa: PLC0415 - exists on Windows only

    return WindowsIcon


def _label(text: str) -> str:
    return entry_label(text) if sys.platform == "win32" else text
