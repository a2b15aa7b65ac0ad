"""What reading a file found out besides its items."""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True):
    """Something that was refused, left out or read otherwise than it was written.

    ``line`` is 1-based, 0 where unknown; ``reason`` a full sentence for the user.
    """

    line: int
    reason: str
