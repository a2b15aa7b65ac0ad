"""Slows guessing of passwords without letting anybody lock somebody else out.

Failures are counted per (account, address) and, far more generously, per address. A guesser burns only the
allowance of the own address; the account's owner elsewhere never notices.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

WINDOW_S = 300.0
FAILURES_PER_ACCOUNT_AND_ADDRESS = 10
FAILURES_PER_ADDRESS = 200
REMEMBERED = 20_000


class Throttle:
    """Counts failed logins in a sliding window of five minutes. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def wait_s(self, account: str, address: str) -> int:
        """Seconds until another attempt is looked at; 0 if it is now."""
        with self._lock:
            return max(
                self._wait((account, address), FAILURES_PER_ACCOUNT_AND_ADDRESS),
                self._wait(("", address), FAILURES_PER_ADDRESS),
            )

    def failed(self, account: str, address: str) -> None:
        """Record a failed attempt."""
        with self._lock:
            for key in ((account, address), ("", address)):
                self._failures.setdefault(key, []).append(self._clock())
                self._failures.move_to_end(key)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget the account's failures from this address."""
        with self._lock:
            self._failures.pop((account, address), None)

    def _wait(self, key: tuple[str, str], allowed: int) -> int:
        times = self._failures.get(key)
        if times is None:
            return 0
        now = self._clock()
        times[:] = [moment for moment in times if moment > now - WINDOW_S]
        if not times:
            del self._failures[key]
            return 0
        return 0 if len(times) < allowed else int(times[-allowed] + WINDOW_S - now) + 1
