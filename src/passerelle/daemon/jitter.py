"""Spreads the load of many clients."""

from __future__ import annotations

import random


def jitter() -> float:
    """A factor of about 1 for a pause."""
    return random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
