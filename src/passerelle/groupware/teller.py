"""Who tells people of what a session does."""

from __future__ import annotations

from enum import Enum


class Teller(Enum):
    """Who invites people to what a session does, and writes to them and reminds them of it."""

    HERE = "here"
    """This server."""
    SERVER = "server"
    """The server of the account whose replica this is, as soon as it hears of it: whatever that was."""
    NOBODY = "nobody"
    """Nobody, for it is no news to them: something is being set up."""
