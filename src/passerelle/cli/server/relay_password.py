"""The mail relay's password: in a file of its own in the server's directory, which only the owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from passerelle.mail.delivery import Password
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

_FILE = "relay.password"


def relay_password(directory: Path) -> Password:
    """Reads the password whenever it is asked for; empty if none was kept."""

    def read() -> str:
        try:
            return (directory / _FILE).read_text(encoding="utf-8").rstrip("\n")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeError) as error:
            reason = str(getattr(error, "strerror", None) or error)
            path = str(directory / _FILE)
            raise Misconfigured(Text("“{path}” cannot be read: {reason}.", path=path, reason=reason)) from error

    return read


def keep_relay_password(directory: Path, password: str) -> None:
    """Keep a password instead of the one that was kept; an empty one removes it."""
    path, part = directory / _FILE, directory / f"{_FILE}.part"
    if not password:
        path.unlink(missing_ok=True)
        return
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{password}\n")
    part.replace(path)
