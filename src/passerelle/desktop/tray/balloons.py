"""Warnings beside the icon, where the desktop has no other place for them: on Windows and macOS."""

from __future__ import annotations

from typing import Protocol, final

from passerelle.model.text import Text


class Warner(Protocol):
    """An icon that has room for one warning."""

    def warn(self, title: str, text: Text) -> None:
        """Show a warning beside the icon, in the place of an earlier one."""

    def warn_no_more(self) -> None:
        """Take the warning away."""


@final
class Balloons:
    """Implements :class:`passerelle.daemon.alerts.herald.Notifier`. May be used by any thread."""

    def __init__(self, icon: Warner) -> None:
        self._icon = icon
        self._number = 0

    def show(self, account: str, text: Text, earlier: int) -> int:  # noqa: ARG002 - whatever is there gives way
        """See :meth:`passerelle.daemon.alerts.herald.Notifier.show`."""
        self._number += 1
        self._icon.warn(f"Passerelle: {account}" if account else "Passerelle", text)
        return self._number

    def withdraw(self, number: int) -> None:
        """See :meth:`passerelle.daemon.alerts.herald.Notifier.withdraw`."""
        if number == self._number:
            self._icon.warn_no_more()
