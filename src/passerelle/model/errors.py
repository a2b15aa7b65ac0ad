"""Every error a user or a protocol can meet, as one tree.

::

    PasserelleError
    ├── Refused                 the rules say no; the message says why and what to do
    │   ├── NotFound            no such thing, or not visible to the asker (the two are never told apart)
    │   ├── Forbidden           visible, but the right is missing
    │   ├── Stale               changed meanwhile: the asker's version is older than the stored one
    │   ├── Missing             a mandatory value is absent
    │   ├── Invalid             a value is malformed, too long or out of range
    │   ├── Contradiction       each value is fine, their combination or the present state is not
    │   └── Overlap             the appointment collides with others (carries them)
    ├── Unreadable              bytes that are not a document of the format (carries where)
    ├── Unauthenticated         login or password are wrong
    ├── Unreachable             a peer could not be reached or broke off; trying again later may help
    ├── Unsafe                  a guard stopped an operation that would destroy data
    └── Misconfigured           the installation needs a hand: wrong directory, newer database, used port

Protocol modules translate the leaves of ``Refused`` into their own terms, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from passerelle.model.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class PasserelleError(Exception):
    """Base of all our errors. ``str(error)`` is a full sentence in English; ``text`` can be said in other languages."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.text = Text.of(message)


class Refused(PasserelleError):
    """The rules refuse an operation. ``code`` is the OX code (``APP-0026``) where the reference names one."""

    exit_code = 3

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NotFound(Refused):
    """The object does not exist, or the asker may not know that it does."""

    exit_code = 4


class Forbidden(Refused):
    """The asker sees the object but lacks the right for the operation."""

    exit_code = 5


class Stale(Refused):
    """The stored object is newer than the version that the asker's change is based on."""

    exit_code = 6


class Missing(Refused):
    """A mandatory value is absent. ``field`` is our name of it."""

    def __init__(self, message: str, field: str, code: str = "") -> None:
        super().__init__(message, code)
        self.field = field


class Invalid(Refused):
    """A value is malformed, too long or out of range. ``field`` is our name of it."""

    def __init__(self, message: str, field: str, code: str = "") -> None:
        super().__init__(message, code)
        self.field = field


class Contradiction(Refused):
    """The operation does not fit the present state or contradicts itself."""


class Collision:
    """One appointment that stands in the way: what the asker may know of it.

    ``title`` is empty where the asker may not read it. ``hard`` marks a resource that can never be booked twice.
    """

    __slots__ = ("end", "hard", "start", "title", "who", "whole_day")

    def __init__(
        self, *, title: str, start: datetime, end: datetime, whole_day: bool, hard: bool, who: Sequence[str]
    ) -> None:
        self.title, self.start, self.end = title, start, end
        self.whole_day, self.hard, self.who = whole_day, hard, tuple(who)


class Overlap(Refused):
    """The appointment collides with others; nothing was stored (semantics reference, section 5.6)."""

    exit_code = 7

    def __init__(self, message: str, collisions: Sequence[Collision]) -> None:
        super().__init__(message)
        self.collisions = tuple(collisions)


class Unreadable(PasserelleError):
    """Input that is not a document of its format. ``line`` is 1-based, 0 where unknown."""

    exit_code = 8

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Unauthenticated(PasserelleError):
    """The login or the password is wrong; which of the two is not said."""

    exit_code = 9


class Unreachable(PasserelleError):
    """A peer did not answer, or broke off; nothing is known to have happened there.

    ``retry_after_s`` is the peer's wish, in seconds from now, not to be asked again earlier; None where it said none.
    """

    exit_code = 10
    retry_after_s: float | None = None


class Unsafe(PasserelleError):
    """A guard stopped an operation that would destroy data; it says how to go on."""

    exit_code = 11


class Misconfigured(PasserelleError):
    """The installation cannot work as it is; the message says what to change."""

    exit_code = 12
