"""A meeting's uid as Outlook's GlobalObjectId, so that the same meeting by mail is found (MS-OXOCAL, 2.2.1.27)."""

from __future__ import annotations

from typing import Final

_HEAD: Final = "040000008200E00074C5B7101A82E008"
_DATES: Final = slice(32, 40)
"""Year, month and day of an occurrence, as hexadecimal digits; zero for a series and a single appointment."""
_SIZE: Final = 72
"""Where the size of the data begins, after the head, the day, the time of creation and eight bytes of nothing."""
_FOREIGN: Final = b"vCal-Uid\x01\0\0\0"
"""Begins the data where the uid is not Outlook's own."""


def global_id(uid: str) -> str:
    """The id, in hexadecimal digits, of a uid: Outlook's own uids are ids, any other is wrapped."""
    plain = uid.upper()
    if plain.startswith(_HEAD) and all(digit in "0123456789ABCDEF" for digit in plain):
        return plain
    data = _FOREIGN + uid.encode() + b"\0"
    return _HEAD + "0" * (_SIZE - len(_HEAD)) + len(data).to_bytes(4, "little").hex().upper() + data.hex().upper()


def uid_of(global_id: str) -> str | None:
    """The uid that an id stands for; None for no id."""
    digits = global_id.upper()
    if not digits:
        return None
    try:
        data = bytes.fromhex(digits[_SIZE + 8 :])
    except ValueError:
        return digits
    if data.startswith(_FOREIGN):
        return data[len(_FOREIGN) :].rstrip(b"\0").decode("utf-8", "replace") or None
    return digits[: _DATES.start] + "0" * 8 + digits[_DATES.stop :]
