"""Words as Windows takes them beside an icon and in a menu (Microsoft, NOTIFYICONDATAW and MENUITEMINFOW). Pure."""

from __future__ import annotations

from typing import Final

TIP: Final = 127
BALLOON: Final = 255
BALLOON_TITLE: Final = 63
"""In units of UTF-16; pystray raises an exception where words are longer."""
_UNIT: Final = "utf-16-le"


def fitted(text: str, units: int) -> str:
    """As much of a text as has room, with an ellipsis where it was cut.

    >>> fitted("In step", 7), fitted("In step.", 7)
    ('In step', 'In ste…')
    """
    encoded = text.encode(_UNIT)
    if len(encoded) <= 2 * units:
        return text
    return encoded[: 2 * (units - 1)].decode(_UNIT, "ignore") + "…"  # ignored: half of a character


def entry_label(text: str) -> str:
    """A text of a menu; an ampersand alone would vanish and underline the next letter."""
    return text.replace("&", "&&")
