"""What the personal pages need of the doors that they stand behind."""

from __future__ import annotations

from typing import Protocol

from starlette.responses import Response

from passerelle.desk.visit import Visit


class Porter(Protocol):
    """Knows passwords and logins. Both may block."""

    def prove(self, visit: Visit, password: str) -> None:
        """Make sure that the visitor knows the own password; guesses are slowed down as at the login.

        Raises:
            Unauthenticated, TooManyAttempts: it is wrong, or there were too many guesses.
        """

    def renew(self, visit: Visit, answer: Response) -> None:
        """Let this browser in again with ``answer``, after a new password has ended every login."""
