"""pystray's icon with a menu that lives as long as it is open. Windows only."""

from __future__ import annotations

from typing import Final, final

import pystray

_BUTTONS: Final = frozenset({0x0202, 0x0205})
"""WM_LBUTTONUP and WM_RBUTTONUP."""
_OPENING: Final = 0x0205


@final
class WindowsIcon(pystray.Icon):  # type: ignore[misc]  # pystray has no types
    """Makes the menu anew when it opens, and only then, at a click with either button.

    pystray destroys the menu and makes another with each update: one that is open then takes no click any more, and
    never closes. Its own answer to the left button is to carry out an entry.
    """

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self._menu_handle = None
        self._is_open = False

    def _update_menu(self) -> None:
        """Nothing: what is new stands in the menu when it opens next."""

    def _on_notify(self, wparam: int, lparam: int) -> None:
        """Open the menu. Called by the thread that serves the icon, also from within a menu that is open."""
        if lparam not in _BUTTONS or self._is_open:
            return
        super()._update_menu()
        self._is_open = True
        try:
            super()._on_notify(wparam, _OPENING)
        finally:
            self._is_open = False
