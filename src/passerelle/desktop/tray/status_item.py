"""The icon as panels of Linux desktops take it: a StatusNotifierItem (freedesktop.org), with a dbusmenu."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final, final

import structlog
from jeepney import DBusAddress

from passerelle.desktop.bus import DBUS, Bus, Call, UnknownCall, Value
from passerelle.desktop.tray.icons import SIZES, pixmap
from passerelle.desktop.tray.look import Fleet, Look, look_of, summary
from passerelle.desktop.tray.menu import Entry, Order
from passerelle.desktop.tray.numbers import NumberedMenu, Numbers
from passerelle.model.text import Text

log = structlog.get_logger(__name__)

ITEM_PATH: Final = "/StatusNotifierItem"
MENU_PATH: Final = "/MenuBar"
ITEM: Final = "org.kde.StatusNotifierItem"
MENU: Final = "com.canonical.dbusmenu"
WATCHER: Final = "org.kde.StatusNotifierWatcher"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_CLICKED: Final = "clicked"

Answer = tuple[str, tuple[object, ...]]


@final
class StatusItem:
    """One icon. Made and served by one thread; :meth:`show` may be called by any.

    ``has_panel``: there was a panel that takes icons when this was made.
    """

    def __init__(self, bus: Bus, say: Callable[[Text], str], clicked: Callable[[Order], None]) -> None:
        """Offer the icon. Panels that come later take it, too. Raises NoBus."""
        self._bus = bus
        self._say = say
        self._clicked = clicked
        self._guard = Lock()
        self._look, self._tip = Look.OFFLINE, ""
        self._entries: Sequence[Entry] = ()
        self._numbers = Numbers()
        self._menu = NumberedMenu((), say, 0, self._numbers)
        self._name = f"{ITEM}-{os.getpid()}-1"
        rule = f"type='signal',sender='{DBUS.bus_name}',member='NameOwnerChanged',arg0='{WATCHER}'"
        bus.call(DBUS, "AddMatch", "s", rule)
        self.has_panel = bool(bus.call(DBUS, "NameHasOwner", "s", WATCHER)[0])
        bus.takes(self._name)  # last: from now on others may ask

    def serve(self) -> None:
        """Be an icon until the session ends. Raises NoBus: it does."""
        self._register()
        self._bus.serve(self._answer, self._hear)

    def show(self, fleet: Fleet, entries: Sequence[Entry]) -> None:
        """Show how accounts fare. Raises NoBus."""
        now = datetime.now(UTC)
        look, tip = look_of(fleet, now), self._say(summary(fleet, now))
        with self._guard:
            is_same_look, is_same_menu = (look, tip) == (self._look, self._tip), entries == self._entries
            self._look, self._tip, self._entries = look, tip, entries
            if not is_same_menu:
                self._menu = NumberedMenu(entries, self._say, self._menu.revision + 1, self._numbers)
        if not is_same_look:
            for signal in ("NewIcon", "NewToolTip"):
                self._bus.emit(ITEM_PATH, ITEM, signal)
            self._bus.emit(ITEM_PATH, ITEM, "NewStatus", "s", self._status(look))
        if not is_same_menu:
            self._bus.emit(MENU_PATH, MENU, "LayoutUpdated", "ui", self._menu.revision, 0)

    def _register(self) -> None:
        self._bus.tell(
            DBusAddress(f"/{WATCHER.rpartition('.')[2]}", WATCHER, WATCHER),
            "RegisterStatusNotifierItem",
            "s",
            self._name,
        )

    def _hear(self, signal: str, arguments: Sequence[Any]) -> None:
        if signal == "NameOwnerChanged" and arguments[2]:  # another panel
            self._register()

    def _answer(self, call: Call) -> Answer:
        if call.interface == _PROPERTIES:
            return self._property(call)
        with self._guard:
            menu = self._menu
        return _answer_of_menu(menu, call, self._clicked) if call.path == MENU_PATH else _answer_of_item(call)

    def _property(self, call: Call) -> Answer:
        found = _MENU_PROPERTIES if call.path == MENU_PATH else self._properties()
        if call.method == "GetAll":
            return "a{sv}", (found,)
        if call.method != "Get" or call.arguments[1] not in found:
            raise UnknownCall
        return "v", (found[call.arguments[1]],)

    def _properties(self) -> Mapping[str, Value]:
        with self._guard:
            look, tip = self._look, self._tip
        pictures = ("a(iiay)", [pixmap(look, size) for size in SIZES])
        none: Value = ("a(iiay)", [])
        return {
            "Category": ("s", "Communications"),
            "Id": ("s", "passerelle"),
            "Title": ("s", "Passerelle"),
            "Status": ("s", self._status(look)),
            "WindowId": ("i", 0),
            "IconName": ("s", ""),
            "IconThemePath": ("s", ""),
            "IconPixmap": pictures,
            "AttentionIconName": ("s", ""),
            "AttentionIconPixmap": pictures,
            "AttentionMovieName": ("s", ""),
            "OverlayIconName": ("s", ""),
            "OverlayIconPixmap": none,
            "ToolTip": ("(sa(iiay)ss)", ("", [], "Passerelle", tip)),
            "ItemIsMenu": ("b", True),
            "Menu": ("o", MENU_PATH),
        }

    @staticmethod
    def _status(look: Look) -> str:
        return "NeedsAttention" if look is Look.ATTENTION else "Active"


_MENU_PROPERTIES: Final[Mapping[str, Value]] = {
    "Version": ("u", 3),
    "TextDirection": ("s", "ltr"),
    "Status": ("s", "normal"),
    "IconThemePath": ("as", []),
}


def _answer_of_item(call: Call) -> Answer:
    """Clicks on the icon itself: panels open the menu, for the item says that it is one."""
    if call.method in {"Activate", "SecondaryActivate", "ContextMenu", "Scroll"}:
        return "", ()
    raise UnknownCall


def _answer_of_menu(menu: NumberedMenu, call: Call, clicked: Callable[[Order], None]) -> Answer:
    match call.method:
        case "GetLayout":
            number, depth, _names = call.arguments
            return "u(ia{sv}av)", (menu.revision, menu.layout(number, depth))
        case "GetGroupProperties":
            return "a(ia{sv})", (menu.group(call.arguments[0]),)
        case "GetProperty":
            found = dict(menu.group([call.arguments[0]])).get(call.arguments[0], {})
            if call.arguments[1] not in found:
                raise UnknownCall
            return "v", (found[call.arguments[1]],)
        case "Event":
            _take_events(menu, [call.arguments], clicked)
            return "", ()
        case "EventGroup":
            _take_events(menu, call.arguments[0], clicked)
            return "ai", ([],)
        case "AboutToShow":
            return "b", (False,)
        case "AboutToShowGroup":
            return "aiai", ([], [])
        case _:
            raise UnknownCall


def _take_events(menu: NumberedMenu, events: Sequence[Sequence[Any]], clicked: Callable[[Order], None]) -> None:
    for number, kind, *_ in events:
        order = menu.order(number)
        if kind == _CLICKED and order is not None:
            clicked(order)
