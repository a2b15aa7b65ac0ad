"""Waits while Outlook is busy: it rejects calls as long as it shows a dialog, and none of them has happened then.

Every object that comes from Outlook is wrapped, so that each single call, reading, or setting of a property is tried
again by itself; nothing that did happen is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of

T = TypeVar("T")

_BUSY = frozenset({ComCode.CALL_REJECTED, ComCode.RETRY_LATER})
_PLAIN = (str, bytes, memoryview, int, float, bool, datetime, type(None))


class Patience:
    """How long to wait, in seconds: ``pauses`` gives one after another, and ends when it is enough.

    ``wait`` lets the time pass.
    """

    def __init__(self, wait: Callable[[float], None], pauses: Callable[[], Iterator[float]]) -> None:
        self._wait = wait
        self._pauses = pauses

    def call(self, action: Callable[[], T]) -> T:
        """Do something, again and again while Outlook is busy.

        Raises:
            ComError: it is busy for too long, or anything else that Outlook answers.
        """
        for pause in self._pauses():
            try:
                return action()
            except ComError as error:
                if code_of(error) not in _BUSY:
                    raise
                self._wait(pause)
        return action()


def growing(first: float = 0.1, longest: float = 5.0, total: float = 60.0) -> Iterator[float]:
    """Pauses in seconds that double up to a longest one, for a minute in all."""
    spent, pause = 0.0, first
    while spent < total:
        yield pause
        spent += pause
        pause = min(longest, pause * 2)


class Patient:
    """An object of Outlook's whose every call is tried again while Outlook is busy; so is what it hands out."""

    _object: Any
    _patience: Patience

    def __init__(self, object_: object, patience: Patience) -> None:
        self.__dict__.update(_object=object_, _patience=patience)

    def __getattr__(self, name: str) -> object:
        try:
            value = self._patience.call(lambda: getattr(self._object, name))
        except AttributeError as error:
            if name.startswith("__"):
                raise
            # Late binding asks for the number of a name first, and takes any failure of that for a no.
            raise ComError(ComCode.DISCONNECTED, str(error)) from error
        return wrapped(value, self._patience)

    def __setattr__(self, name: str, value: object) -> None:
        self._patience.call(lambda: setattr(self._object, name, unwrapped(value)))

    def __call__(self, *arguments: object) -> object:
        """Call the method that this is."""
        plain = [unwrapped(one) for one in arguments]
        return wrapped(self._patience.call(lambda: self._object(*plain)), self._patience)

    def __eq__(self, other: object) -> bool:
        return bool(self._object == unwrapped(other))

    def __hash__(self) -> int:
        return hash(self._object)


def wrapped(value: object, patience: Patience) -> object:
    """A value of Outlook's: itself where it is plain, and wrapped where it is an object or a method."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple):
        return tuple(wrapped(one, patience) for one in value)
    return Patient(value, patience)


def unwrapped(value: object) -> object:
    """What Outlook itself takes."""
    if isinstance(value, list | tuple):
        return [unwrapped(one) for one in value]
    return value._object if isinstance(value, Patient) else value  # noqa: SLF001 - of this module
