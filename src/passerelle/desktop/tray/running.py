"""Shows the icon until its user removes it, or the session ends."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from passerelle.daemon.alerts.herald import Herald
from passerelle.daemon.installed import installed_version
from passerelle.desktop.notifications import Notifications
from passerelle.desktop.tray.balloons import Balloons
from passerelle.desktop.tray.look import Fleet
from passerelle.desktop.tray.menu import Entry, Order, Verb, menu_of
from passerelle.desktop.tray.orders import carry_out, following
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.sync.accounts.locks import Busy, locked
from passerelle.translations import said

_LOCK: Final = "tray.lock"
_NAME: Final = "org.passerelle.Tray.of_"
_SHOWN_ALREADY: Final = Text("The icon of these accounts is shown already.")


class Icon(Protocol):
    """An icon in whatever panel the system has."""

    def show(self, fleet: Fleet, entries: tuple[Entry, ...]) -> None:
        """Show how accounts fare. May be called by any thread."""


OpenPage = Callable[[str], None]


def show_tray(data: Path, tell: Callable[[str], None], open_page: OpenPage) -> None:
    """Show the icon until the user removes it; ``tell`` is told if no panel takes it yet.

    ``open_page`` shows a page of the desk.

    Raises:
        Misconfigured: there is no desktop here.
        Busy: it is shown already.
    """
    if sys.platform == "linux":
        _show_on_bus(data, tell, open_page)
    else:
        _show_elsewhere(data, open_page)


def _show_on_bus(data: Path, tell: Callable[[str], None], open_page: OpenPage) -> None:
    from passerelle.desktop.bus import Bus, NoBus  # noqa: PLC0415 - exists on Linux only
    from passerelle.desktop.tray.status_item import StatusItem  # noqa: PLC0415 - as above

    def clicked(order: Order) -> None:
        if order.verb is Verb.QUIT:
            bus.stop()
        else:
            carry_out(data, order, _complain, open_page)

    try:
        bus = Bus()
    except NoBus as error:
        raise Misconfigured("There is no desktop session here that could show an icon.") from error
    with bus:
        try:
            if not bus.takes(_NAME + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]):
                raise Busy(_SHOWN_ALREADY)
            item = StatusItem(bus, said, clicked)
            if not item.has_panel:
                tell(
                    "No panel takes icons yet; it appears when one does. "
                    "On GNOME, install the extension “AppIndicator and KStatusNotifierItem Support”."
                )
            with following(data, _safely(item)):
                item.serve()
        except NoBus:  # logged out
            return


def _safely(icon: Icon) -> Callable[[Fleet], None]:
    """Shows how accounts fare; an icon that has gone meanwhile is left alone."""
    from passerelle.desktop.bus import NoBus  # noqa: PLC0415 - exists on Linux only

    def show(fleet: Fleet) -> None:
        try:
            icon.show(fleet, menu_of(fleet, installed_version()))
        except NoBus:
            return

    return show


def _show_elsewhere(data: Path, open_page: OpenPage) -> None:
    """The icon warns, too: the daemon cannot, for it has no place on the screen."""
    from passerelle.desktop.tray.pystray_icon import PystrayIcon  # noqa: PLC0415 - installed elsewhere only

    icon = PystrayIcon(said, lambda order: carry_out(data, order, complain, open_page))
    balloons = Balloons(icon)
    herald = Herald(balloons)

    def complain(account: str, text: Text) -> None:
        balloons.show(account, text, 0)

    def show(fleet: Fleet) -> None:
        icon.show(fleet, menu_of(fleet, installed_version()))
        if fleet is not None:
            herald.look(tuple(fleet))

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(data / _LOCK, _SHOWN_ALREADY, patience_s=0), following(data, show):
        icon.run()


def _complain(account: str, text: Text) -> None:
    Notifications().show(account, text, 0)
