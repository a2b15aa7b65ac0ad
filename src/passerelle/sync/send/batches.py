"""How many changes go into one request: as many as the server takes, and fewer after requests that failed as a whole.

Servers of the first generation carry out a request while they read it, and answer one bad change in it by refusing, or
failing, the request (OX reference, sections 2.3 and 5.1). Halving finds that change; what succeeds makes us bold again.
"""

from __future__ import annotations

from passerelle.store import Reading, Writing

_MOST = 100
_LIMIT = "batch limit"
"""The setting that remembers how large a batch the server takes."""
_CARE = "batch care"
"""The setting that remembers how large a batch we dare to send."""


def batch_size(tx: Reading) -> int:
    """How many changes the next request may hold."""
    return min(tx.sync.get(name, int) or _MOST for name in (_LIMIT, _CARE))


def learn_limit(tx: Writing, size: int) -> None:
    """The server takes so many and no more."""
    tx.sync.set(_LIMIT, size)


def take_care(tx: Writing, size: int) -> None:
    """A request of so many failed as a whole: half of it next time."""
    tx.sync.set(_CARE, max(1, size // 2))


def be_bold(tx: Writing) -> None:
    """A request succeeded: twice as many next time."""
    care = tx.sync.get(_CARE, int)
    if care is not None:
        tx.sync.set(_CARE, None if care * 2 >= _MOST else care * 2)
