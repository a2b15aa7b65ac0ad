"""Warnings as the desktop shows them (freedesktop.org's Desktop Notifications Specification 1.2), where it does."""

from __future__ import annotations

import html
import sys
from typing import Any, Final, final

import structlog

from passerelle.model.text import Text
from passerelle.translations import said

log = structlog.get_logger(__name__)

_SERVICE: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"
_UNTIL_SEEN: Final = 0
_NORMAL: Final = ("y", 1)


@final
class Notifications:
    """Implements :class:`passerelle.daemon.alerts.herald.Notifier`. Where nobody shows warnings, the log has them."""

    def show(self, account: str, text: Text, earlier: int) -> int:
        """See :meth:`passerelle.daemon.alerts.herald.Notifier.show`."""
        body = said(text)
        hints = {"urgency": _NORMAL, "category": ("s", "network.error"), "desktop-entry": ("s", "passerelle")}
        title = f"Passerelle: {account}" if account else "Passerelle"
        arguments = ("Passerelle", earlier, "dialog-warning", title, html.escape(body, quote=False))
        answer = _asked("Notify", "susssasa{sv}i", *arguments, [], hints, _UNTIL_SEEN)
        return int(answer[0]) if answer else 0

    def withdraw(self, number: int) -> None:
        """See :meth:`passerelle.daemon.alerts.herald.Notifier.withdraw`."""
        _asked("CloseNotification", "u", number)


def _asked(method: str, signature: str, *arguments: object) -> tuple[Any, ...]:
    """The answer of whoever shows notifications; nothing where nobody does. Each question has a line of its own."""
    if sys.platform != "linux":
        return ()
    from jeepney import DBusAddress  # noqa: PLC0415 - few daemons ever have to warn

    from passerelle.desktop.bus import Bus, NoBus  # noqa: PLC0415 - as above

    try:
        with Bus() as bus:
            return tuple(bus.call(DBusAddress(_PATH, _SERVICE, _SERVICE), method, signature, *arguments))
    except NoBus as error:
        log.info("no_notifications", reason=str(error.__cause__ or error))
        return ()
