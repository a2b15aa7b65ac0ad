"""What programs do that run until somebody ends them."""

from __future__ import annotations

import gc

NEVER = 1_000_000
"""So many new objects before Python looks for garbage: more than a command makes that ends by itself."""

_OFTEN = 20_000


def settle_in() -> None:
    """Look for garbage as a program does that lasts; what a start loaded is none, and is not looked at again."""
    gc.freeze()
    gc.set_threshold(_OFTEN, 20, 20)
